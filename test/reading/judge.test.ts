/** Number words against ICU's (tools/number-judge.py), 200 rows a language; a language below 99 % may offer no `spell`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chineseYear } from '../../src/reading/languages/chinese.ts';
import { englishYear } from '../../src/reading/languages/english.ts';
import { germanYear } from '../../src/reading/languages/german.ts';
import { spellsIn } from '../../src/reading/languages.ts';
import { CARDINALS } from '../../src/reading/numerals.ts';

type Rows = Record<string, Record<'cardinal' | 'year', Record<string, string>>>;
const rows = JSON.parse(readFileSync('test/fixtures/numbers/icu.json', 'utf8')) as Rows;

/** What sounds the same: hyphens, 〇 and 零, both Italian forms of 21,000, and ICU's accents inside Italian words. */
function sound(words: string): string {
  return words
    .toLowerCase()
    .replace(/[-\s]+/g, ' ')
    .replace(/〇/g, '零')
    .replace(/tré(?=\p{L})/gu, 'tre')
    .replace(/uno(?=mila| mili)/g, 'un');
}

function wrong(judged: Record<string, string>, say: (value: number) => string): string[] {
  return Object.entries(judged).flatMap(([value, words]) => {
    const ours = say(Number(value));
    return sound(ours) === sound(words) ? [] : [`${value}: ${ours}, ICU: ${words}`];
  });
}

describe('number words', () => {
  it.each(Object.keys(rows))('%s: 99 % of 200 are those of ICU', (language) => {
    const judged = rows[language]!.cardinal;
    expect(Object.keys(judged)).toHaveLength(200);
    // ICU says "kosong" (empty) for 0 in Indonesian, and joins Portuguese millions with a second "e".
    const allowed = { id: ['0: nol, ICU: kosong'], pt: [expect.stringMatching(/^910303900: /)] }[language] ?? [];
    expect(wrong(judged, CARDINALS[language]!)).toEqual(allowed);
    expect(allowed.length).toBeLessThanOrEqual(2);
  });

  it.each([
    ['en', englishYear],
    ['de', germanYear],
    ['zh', (year: number) => chineseYear(String(year))],
  ] as const)('%s: years', (language, say) => {
    expect(wrong(rows[language]!.year, say)).toEqual([]);
  });

  it('Russian is listed, and offers no spell', () => {
    expect(spellsIn('ru')).toEqual([]);
    expect(spellsIn('nl')).toEqual([]);
    expect(spellsIn('pt-br')).toContain('money');
  });
});
