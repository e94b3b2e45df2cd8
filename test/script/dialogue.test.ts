/**
 * Dialogue in eleven languages, marked by hand: `{Tom|“Where?”} asked Tom.` Half of each file was written before the rules
 * had seen any of it ("held out"). Precision is of the names; nothing that is said may be taken for narration.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { attributeBook } from '../../src/script/speakers/attributed.ts';
import type { SpeechLanguage } from '../../src/script/speakers/saying-verbs.ts';

const FOLDER = new URL('dialogue/', import.meta.url);
/** Of the quotations, found as they are marked and nothing besides; of the names beside them, found. Held-out halves. */
const LEAST_FOUND = 0.95;
const LEAST_NAMED = 0.9;

interface Count {
  marked: number;
  found: number;
  extra: number;
  nameable: number;
  named: number;
  wrong: number;
}

it.each(readdirSync(FOLDER))('%s: finds what is said, and never names a wrong speaker', (file) => {
  const [known = '', heldOut = ''] = readFileSync(new URL(file, FOLDER), 'utf8').split(/^=== held out$/m);
  const language = file.slice(0, 2) as SpeechLanguage;
  const passages = [known, heldOut].map((half) =>
    half.split('\n').filter((line) => line !== '' && !line.startsWith('#')),
  );
  expect(passages.flat().length).toBeGreaterThanOrEqual(100);
  let marked = 0;
  for (const [index, name] of ['written with the rules', 'held out'].entries()) {
    const misses: string[] = [];
    const count = passages[index]!.map((line) => judge(line, language, misses)).reduce(sum);
    marked += count.marked;
    console.log(
      `dialogue ${language}, ${name}: ${count.found} of ${count.marked} quotations, ${count.extra} besides; ` +
        `${count.named} of ${count.nameable} named, ${count.wrong} wrong`,
    );
    if (process.env['DIALOGUE_MISSES']) console.log(misses.join('\n'));
    expect(count.wrong, misses.join('\n')).toBe(0);
    expect(count.found / (count.marked + count.extra), misses.join('\n')).toBeGreaterThanOrEqual(LEAST_FOUND);
    expect(count.named / count.nameable, misses.join('\n')).toBeGreaterThanOrEqual(LEAST_NAMED);
  }
  expect(marked, 'quotations marked by hand').toBeGreaterThanOrEqual(100);
});

function sum(a: Count, b: Count): Count {
  return Object.fromEntries(
    Object.keys(a).map((key) => [key, a[key as keyof Count] + b[key as keyof Count]]),
  ) as unknown as Count;
}

/** A quotation: where it begins among the letters of the passage, its letters, its speaker. */
interface Said {
  key: string;
  who: string;
}

function judge(line: string, language: SpeechLanguage, misses: string[]): Count {
  const expected = markedIn(line);
  const actual = foundIn(line.replace(/\{[^{}|]*\||\}/g, ''), language);
  const count: Count = { marked: expected.length, found: 0, extra: 0, nameable: 0, named: 0, wrong: 0 };
  for (const { key, who } of expected) {
    const found = actual.find((one) => one.key === key);
    if (found) count.found++;
    if (who !== '?') count.nameable++;
    if (found?.who === who && who !== '?') count.named++;
    else if (found && found.who !== '?') count.wrong++;
  }
  count.extra = actual.filter(({ key }) => !expected.some((one) => one.key === key)).length;
  const isRight = count.found === count.marked && count.named === count.nameable && count.extra + count.wrong === 0;
  if (!isRight) misses.push(`${line}\n    ${actual.map(({ key, who }) => `${who}:${key}`).join(' ')}`);
  return count;
}

const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');

function markedIn(line: string): Said[] {
  const said: Said[] = [];
  let before = 0;
  for (const [, told, who, text] of line.matchAll(/([^{]*)(?:\{([^{}|]*)\|([^{}]*)\}|$)/g)) {
    before += letters(told!).length;
    if (text === undefined) continue;
    said.push({ key: `${before}${letters(text)}`, who: who! });
    before += letters(text).length;
  }
  return said;
}

function foundIn(text: string, language: SpeechLanguage): Said[] {
  const paragraphs = text.split(' ¶ ').map((one) => ({ text: one }));
  const { chapters } = attributeBook([paragraphs], { language });
  const { paragraphs: read, turns } = chapters[0]!;
  const said: Said[] = [];
  let before = 0;
  for (const [index, { parts }] of read.entries()) {
    for (const [at, { isSpeech, text: part }] of parts.entries()) {
      const turn = turns.find((one) => one.paragraph === index && one.parts.includes(at));
      const first = turn?.candidates[0];
      const isBeside =
        first !== undefined && ['beside', 'saysI', 'goesOn'].includes(first.rule) && first.probability > 0.9;
      const voice = isBeside ? first.voice : undefined;
      const who =
        voice === 'narrator'
          ? '-'
          : voice === undefined || voice.isDescribed
            ? '?'
            : voice.names.find((name) => text.includes(name))!;
      if (isSpeech) said.push({ key: `${before}${letters(part)}`, who });
      before += letters(part).length;
    }
  }
  return said;
}
