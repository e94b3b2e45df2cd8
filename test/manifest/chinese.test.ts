/** Every error and warning has a Chinese text: the sources are walked for their sentences, and broken books are read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import {
  ALL_PHRASES,
  chineseWords,
  errorsInChinese,
  SENTENCES,
} from '../../src/manifest/diagnostics/chinese/in-chinese.ts';
import { patternOf, valuesIn } from '../../src/manifest/diagnostics/chinese/sentence.ts';
import { printed } from './read.ts';

/** Files whose sentences are messages and fixes for an author. */
const SOURCES = [
  ...['src/manifest', 'src/book', 'src/script', 'src/review'].flatMap((folder) => filesIn(folder)),
  ...['src/plan/price-list.ts', 'src/models/life.ts', 'src/qc/sample.ts'],
  ...['src/watch/unpack-zip.ts', 'src/watch/check-drops.ts'],
];
/** What is told in another way: spoken words, imports, files that are written, and the command line's own words. */
const OTHERS =
  /^src\/(?:manifest\/(?:diagnostics\/chinese\/|edit\/|json-schema|fields\/(?:credit-words|disclosure-words))|book\/(?:edit\/edit-text|threads\/manuscript-|warnings\/(?:spoken-disclosure|open-readings)|pdf\/|cover\/cover-shape|review-file)|script\/(?:cut\/abbreviations|speakers\/(?!speech-labels))|review\/(?:format|json-schema|returned))/;
/** Calls whose texts nobody reads in a diagnostic. */
const OTHER_CALLS = /(?:\.describe|\bwords|\.meta|Error|Refused|Failure|systemCode|test|match|replace\w*|split)$/;
const HOLE = '\u0000';

interface Found {
  file: string;
  line: number;
  /** With `HOLE` for each value. */
  text: string;
}

const sentences = SENTENCES.map(patternOf);
const phrases = ALL_PHRASES.map(patternOf);

describe('Chinese texts of errors and warnings', () => {
  it('are there for every sentence in the sources', () => {
    const found = SOURCES.filter((file) => !OTHERS.test(file)).flatMap(sentencesIn);
    // A walk that finds nothing would prove nothing.
    expect(found.length).toBeGreaterThan(300);
    expect(
      found.filter(({ text }) => !isKnown(text) && !ELSEWHERE.some((one) => text.startsWith(one))).map(shown),
    ).toEqual([]);
  });

  it('are there for every phrase that stands within a sentence', () => {
    const found = FRAGMENTS.flatMap(([file, names]) => names.flatMap((name) => fragmentsIn(file, name)));
    expect(found.length).toBeGreaterThan(60);
    expect(found.filter(({ text }) => !isKnown(text, { patterns: phrases, table: ALL_PHRASES })).map(shown)).toEqual(
      [],
    );
  });
});

describe('a text in Chinese', () => {
  it('has every value of its English text, and no other', () => {
    const holes = (text: string): string[] => [...text.matchAll(/[«‹]\w+[»›]/g)].map(String).sort();
    for (const [english, chinese] of [...SENTENCES, ...ALL_PHRASES]) expect(holes(chinese)).toEqual(holes(english));
  });

  it('is the printed list of errors with its lines of the author as they are', () => {
    const lines = [
      'book: {title: There is no, langage: zh}',
      'characters:',
      '  narrator: {sample: voices/n.wav, voice: x}',
      'chapters: [{title: "错误 error: 一", text: ""}, {title: Two, text: T, pauses: 2}]',
      'output: {formats: [mp9, m4b]}',
    ];
    expect(errorsInChinese(printed(lines.join('\n')))).toMatchInlineSnapshot(`
      "book.yaml:1:28 错误：“book”中没有“langage”字段。
          1 | book: {title: There is no, langage: zh}
            |                            ^^^^^^^
         改法：是否想写“language”？此处可用的字段：title, author, narrator, year, genre, language, cover, pronunciations, pronunciationFile, varyRepeats, subtitle, series, description, publisher, isbn, rights, date。
      book.yaml:3:36 错误：“narrator”既有样本，又有声音。
          3 |   narrator: {sample: voices/n.wav, voice: x}
            |                                    ^^^^^
         改法：请只保留其中一个。
      book.yaml:4:35 错误：“错误 error: 一”一章的文字为空。
          4 | chapters: [{title: "错误 error: 一", text: ""}, {title: Two, text: T, pauses: 2}]
            |                                      ^^^^
         改法：请写上文字，或删除该章。
      book.yaml:4:68 错误：“chapters”中没有“pauses”字段。
          4 | …一", text: ""}, {title: Two, text: T, pauses: 2}]
            |                                        ^^^^^^
         改法：请写在最左侧，因为它涉及整个清单。此处可用的字段：title, file, text, lines, head, number。
      book.yaml:5:20 错误：没有名为“mp9”的格式。
          5 | output: {formats: [mp9, m4b]}
            |                    ^^^
         改法：是否想写“mp3”？请从中选择：mp3, m4a, flac, wav, m4b。

      5 处错误"
    `);
  });

  it('keeps what it does not know, and what the author wrote', () => {
    expect(errorsInChinese('b.yaml:1:1 error: A sentence of another version.\n   fix: Do it.\n\n1 error')).toBe(
      'b.yaml:1:1 错误：A sentence of another version.\n   改法：Do it.\n\n1 处错误',
    );
    const hostile = '«name» ‹what› "error: fix: a list';
    expect(chineseWords(`There is no character called "${hostile}".`)).toBe(`没有名为“${hostile}”的角色。`);
    expect(errorsInChinese('a.txt:3:1 warning: line 3:37: This image is not read aloud.\n    3 | a warning: b')).toBe(
      'a.txt:3:1 警告：第 3:37 行：这张图片不会朗读。\n    3 | a warning: b',
    );
  });

  it('takes linear time for what an author may write', () => {
    const began = performance.now();
    for (const unit of ['. ', '" of "', 'Delete it. ', 'x is negative. ', ' error: '])
      for (const length of [1_900, 200_000])
        errorsInChinese(`a.yaml:1:1 error: There is no file. ${unit.repeat(length / unit.length)} No.`);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

/** Sentences that no diagnostic has as they stand; of the last one the parts are in the table. */
const ELSEWHERE = ['A run with --budget opens', 'Internal error: a file grew', `Remove it, and ${HOLE}`];

/** Declarations whose texts fill a sentence. */
const FRAGMENTS: readonly (readonly [file: string, names: readonly string[]])[] = [
  ['src/manifest/diagnostics/issues.ts', ['WANTED', 'describe', 'groupPhrase', 'what', 'wanted', 'place']],
  ['src/manifest/fields/known-fields.ts', ['PLACES']],
  ['src/manifest/fields/names.ts', ['nameProblem']],
  ['src/manifest/pronunciation/pronunciation.ts', ['wordProblem', 'patternProblem']],
  ['src/manifest/yaml/decode.ts', ['DOCUMENTS']],
  ['src/manifest/yaml/yaml-brackets.ts', ['KIND']],
  ['src/book/cover/cover-image.ts', ['imageProblem', 'pngProblem', 'jpegProblem']],
  ['src/book/edit/author-file.ts', ['what']],
  ['src/book/warnings/spoken-marks.ts', ['WHAT', 'others']],
  ['src/book/warnings/voice-models.ts', ['who']],
  ['src/book/pronunciations.ts', ['said']],
  ['src/script/text/text-problems.ts', ['others']],
  ['src/script/tags/tags.ts', ['others']],
  ['src/review/findings.ts', ['placeThen']],
  ['src/review/problems.ts', ['place']],
  ['src/review/schema.ts', ['error', 'plainText', 'text', 'by', 'on', 'comment', 'about']],
  ['src/plan/price-list.ts', ['wanted', 'name']],
];

function shown({ file, line, text }: Found): string {
  return `${file}:${line} ${text.replaceAll(HOLE, '…')}`;
}

function isKnown(text: string, { patterns, table } = { patterns: sentences, table: SENTENCES }): boolean {
  const general = new RegExp(`^${text.split(HOLE).map(escaped).join('.*')}$`, 's');
  return patterns.some((one, index) => valuesIn(text, one) !== undefined || general.test(table[index]![0]));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

function sentencesIn(file: string): Found[] {
  return literalsIn(file).flatMap(({ text, ...place }) =>
    // The beginning of a word in capitals or of a quotation begins a sentence, and so does a value.
    text
      .split(new RegExp(`(?<=[.?]["”)]?) (?=[A-Z${HOLE}])`))
      .map((one) => one.replace(new RegExp(`^${HOLE} (?=[A-Z])`), '').trim())
      .filter((one) => /^["A-Z\u0000].*[a-z].* .*[.?]$/s.test(one))
      .map((one) => ({ ...place, text: one })),
  );
}

function literalsIn(file: string, within?: string): Found[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const visit = (node: ts.Node, isWithin: boolean): void => {
    if (ts.isImportDeclaration(node) || ts.isTypeNode(node) || ts.isRegularExpressionLiteral(node)) return;
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && OTHER_CALLS.test(node.expression.getText())) return;
    const isHere = isWithin || within === undefined || nameOf(node) === within;
    const text = isHere ? textOf(node) : undefined;
    if (text !== undefined)
      found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, text });
    ts.forEachChild(node, (child) => visit(child, isHere && within !== undefined));
  };
  visit(source, false);
  return found;
}

function fragmentsIn(file: string, name: string): Found[] {
  return literalsIn(file, name).filter(({ text }) => / /.test(text) && /[a-z]{2}/.test(text));
}

function nameOf(node: ts.Node): string | undefined {
  const isNamed = ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node);
  return isNamed ? node.name?.getText() : undefined;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A whole literal, with parts that are joined by `+`. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => HOLE + literal.text).join('');
}
