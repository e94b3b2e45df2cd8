/** Every text of the page is in one table, in every language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterEach, describe, expect, it } from 'vitest';
import { FAILURE_MEANINGS } from '../../src/cli/command-line/failure-meanings.ts';
import { SCORES } from '../../src/qc/scores.ts';
import { TAKE_CHECKS } from '../../src/qc/take.ts';
import { codedDoubt, DOUBT_TEXTS } from '../../src/qc/translations/doubt-texts.ts';
import { doubtsOfWords } from '../../src/qc/words/word-doubts.ts';
import { wordsMissing } from '../../src/qc/words-missing.ts';
import { EN } from '../../src/studio/page/words/en.ts';
import { doubtReason, language, languageFor, t, translated } from '../../src/studio/page/words/words.ts';
import { ZH } from '../../src/studio/page/words/zh.ts';
import { DONE_CODES, JOB_CODES, NOTE_CODES, PROBLEM_CODES } from '../../src/studio/server/message-codes.ts';

/** A manifest with errors never gets so far, and the command line has no page. */
const FAILURE_CODES = Object.keys(FAILURE_MEANINGS).filter(
  (code) => !/^(manifest-mistakes|wrong-command-line)$/.test(code),
);
const PAGE = 'src/studio/page';
/** Attributes that are read or heard. */
const TEXT_ATTRIBUTES = new Set(['title', 'aria-label', 'placeholder', 'alt', 'label']);
/** What the server sends; the types hold that each has a text, and the test that each is sent as it is written here. */
const CODES = [
  ...[...PROBLEM_CODES, ...FAILURE_CODES].map((code) => `problem.${code}`),
  ...JOB_CODES.map((code) => `job.${code}`),
  ...DONE_CODES.map((code) => `done.${code}`),
  ...NOTE_CODES.map((code) => `note.${code}`),
  ...Object.keys(DOUBT_TEXTS).map((code) => `doubt.${code}`),
];
const files = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.startsWith('words/'))
  .map((name) => join(PAGE, name));

describe('the texts of the page', () => {
  afterEach(() => {
    language.value = 'en';
  });

  it('have the same keys and the same values in both languages', () => {
    expect(Object.keys(ZH).sort()).toEqual(Object.keys(EN).sort());
    for (const name of Object.keys(EN) as (keyof typeof EN)[])
      expect(valuesOf(ZH[name]), name).toEqual(valuesOf(EN[name]));
  });

  it('have words for every code that the server can send, and for the words of every check', () => {
    for (const table of [EN, ZH]) expect(CODES.filter((code) => !(code in table))).toEqual([]);
    const untold = everyDoubt().filter((doubt) => Object.keys(codedDoubt(doubt)).length < 2);
    expect(untold).toEqual([]);
    expect(everyDoubt().flatMap(({ check }) => (`check.${check}` in EN ? [] : [check]))).toEqual([]);
    const missing = TAKE_CHECKS.filter(({ name }) => !everyDoubt().some(({ check }) => check === name));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('say in Chinese what the server says in English, and its own words where a value or the code is unknown', () => {
    const doubt = {
      check: 'x',
      reason: 'in English',
      ...codedDoubt({ measured: '1.4 s of silence', wanted: 'at most 0.9 s by its punctuation' }),
    };
    expect(doubtReason(doubt)).toBe('in English');
    language.value = 'zh-CN';
    expect(doubtReason(doubt)).toBe('静音 1.4 秒；预期：按标点最多 0.9 秒');
    expect(doubtReason({ check: 'x', reason: 'of a later version' })).toBe('of a later version');
    expect(translated('problem', { code: 'no-line', values: { number: '3:37' } }, 'No line.')).toContain('3:37');
    expect(translated('problem', { code: 'recording' }, 'Its own words.')).toBe('Its own words.');
    expect(translated('problem', { code: 'of-tomorrow' }, 'Its own words.')).toBe('Its own words.');
  });

  it('are all used', () => {
    const code = files.map((file) => readFileSync(file, 'utf8')).join('\n');
    const byCode = /^(check|done|doubt|failure|hold|job|limit|note|problem|rule|state|step)\./;
    const unused = Object.keys(EN).filter((name) => !byCode.test(name) && !code.includes(`'${name}'`));
    expect(unused).toEqual([]);
  });

  it('are nowhere else', () => {
    expect(files.flatMap(textsIn)).toEqual([]);
  });

  it('decide between one and many', () => {
    expect(t('lines', { n: 1 })).toBe('1 line');
    expect(t('lines', { n: 3000 })).toBe('3,000 lines');
    language.value = 'zh-CN';
    expect(t('lines', { n: 1 })).toBe('1 行');
  });

  it('insert values as they are, whatever they contain', () => {
    expect(t('undone', { what: '{n} <b>$& $1' })).toBe('Undone: {n} <b>$& $1');
  });

  it('follow the languages of the browser', () => {
    expect(languageFor(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(languageFor(['de'])).toBe('en');
  });
});

/** A doubt of each kind that checks can tell, with levels above and below. */
function everyDoubt(): { check: string; measured: string; wanted: string }[] {
  const text = 'One, two; three words and some more of them.';
  const voice = { pace: 1, speechDbfs: -20, soundingPace: 1 };
  const good = {
    ...{ durationSeconds: 3, peakDbfs: -3, speechDbfs: -20, longestSilence: null, endDbfs: -70, quietestDbfs: -80 },
    ...{ levelStep: null, clippedPeaks: 0 },
  };
  const bad = [
    { durationSeconds: 0.01 },
    { peakDbfs: -60 },
    { peakDbfs: -Infinity },
    { endDbfs: -30 },
    { endDbfs: -10 },
    { longestSilence: { startSeconds: 1, seconds: 9 } },
    { durationSeconds: 90 },
    { durationSeconds: 0.1 },
    { levelStep: { atSeconds: 1, db: 12 } },
    { levelStep: { atSeconds: 1, db: -12 } },
    { speechDbfs: -60, endDbfs: -90, quietestDbfs: -90 },
    { speechDbfs: -40, endDbfs: -90, quietestDbfs: -90 },
    { quietestDbfs: -22, endDbfs: -70 },
    { clippedPeaks: 99 },
  ];
  const found = bad.flatMap((change) =>
    TAKE_CHECKS.flatMap(({ name, judge }) => {
      const finding = judge({ ...good, ...change }, { text, voice });
      return finding === undefined ? [] : [{ check: name, ...finding }];
    }),
  );
  const heard = [-12, 12].map((db) => ({
    ...{ soundingSeconds: 1.5, startDb: db, endsDb: [db, db, db, db] as const, onsetDb: db, movement: 1, nuclei: 4 },
    ...{ noiseDb: db, burst: { db, atSeconds: 1 }, lull: { seconds: 3, atSeconds: 1 }, dip: { db: 9, atSeconds: 1 } },
    ...{ click: { times: 9, apart: 9, atSeconds: 1 }, repeated: { seconds: 1, atSeconds: 1 }, db },
  }));
  const scored = heard.flatMap(({ db, ...one }) =>
    SCORES.map(({ check, tell }) => ({
      check,
      ...tell(one, { text, voice }, { ...good, levelStep: { atSeconds: 1, db } }),
    })),
  );
  const kinds = ['missing', 'added', 'repeated', 'other', 'after-end'] as const;
  const findings = kinds.map((kind) => ({ kind, words: 'so “said”\nthey', letters: 9 }));
  const words = doubtsOfWords({ verdict: 'drift', agreement: 0.5, findings });
  return [...found, ...scored, ...words, wordsMissing(), wordsMissing({ counted: 12, expected: 20 })];
}

function valuesOf(text: string | { one: string; other: string }): string[] {
  const form = typeof text === 'string' ? text : text.other;
  return [...form.matchAll(/\{\w+\}/g)].map(([value]) => value).sort();
}

/** Texts in a file that a person would read. */
function textsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    // A single letter is the name of a key.
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text) && !/^\s*[A-Z]\s*$/.test(node.text))
      found.push(`${file}: ${node.text.trim()}`);
    if (ts.isJsxAttribute(node) && node.initializer !== undefined && ts.isStringLiteral(node.initializer)) {
      if (TEXT_ATTRIBUTES.has(node.name.getText())) found.push(`${file}: ${node.initializer.text}`);
      return;
    }
    if (ts.isStringLiteral(node) && /\p{L}{2,} \p{L}{2,}/u.test(node.text) && !isMarkup(node))
      found.push(`${file}: ${node.text}`);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return found;
}

/** Names of classes, and selectors. */
function isMarkup(node: ts.StringLiteral): boolean {
  let at: ts.Node = node;
  while (!ts.isJsxAttribute(at) && !ts.isSourceFile(at)) at = at.parent;
  return ts.isJsxAttribute(at) && at.name.getText() === 'class';
}
