/** What an engine reads as it likes: found, and in words. */
import { describe, expect, it } from 'vitest';
import { SPELL_CLASSES } from '../../src/manifest/fields/spell-classes.ts';
import { readingsIn } from '../../src/reading/find-readings.ts';
import { spellsIn } from '../../src/reading/languages.ts';
import { pronouncer } from '../../src/script/pronounce/pronouncer.ts';
import { withSpelling } from '../../src/script/pronounce/spell.ts';
import { HAND_LIST } from './hand-list.ts';

function spoken(text: string, language: string): string {
  return withSpelling(pronouncer([]), { classes: spellsIn(language), language }).speak(text);
}

const classesIn = (text: string, language = 'en') =>
  readingsIn(text, language).map((one) => `${one.class} ${one.text}`);

describe('in words', () => {
  it.each(Object.keys(HAND_LIST))('%s: the hand list', (language) => {
    const wrong = HAND_LIST[language]!.filter(([text, words]) => spoken(text, language) !== words);
    expect(wrong.map(([text]) => `${text} → ${spoken(text, language)}`)).toEqual([]);
  });

  it('every language with a list offers only classes of the manifest', () => {
    for (const language of Object.keys(HAND_LIST)) {
      expect(spellsIn(language).length).toBeGreaterThan(5);
      for (const each of spellsIn(language)) expect(SPELL_CLASSES).toContain(each);
    }
  });

  it('a pronunciation goes before a class that it touches, and only classes that are on are spelled', () => {
    const list = pronouncer([{ word: '1851', spoken: 'that year' }]);
    const years = withSpelling(list, { classes: ['years'], language: 'en' });
    expect(years.speak('In 1851 and in 1852, for $5')).toBe('In that year and in eighteen fifty-two, for $5');
  });
});

describe('found', () => {
  it('numbers in groups, feet and inches, and an amount in yen or yuan are no ranges and have no words', () => {
    expect(classesIn('ISBN 978-3-16-148410-0.')).toEqual(['capitals ISBN', 'numbers 978-3-16-148410-0']);
    expect(classesIn('He is 6\'2" and paid ¥500.')).toEqual(['numbers 6\'2"', 'money ¥500']);
    for (const text of ['Code 978-3-16-148410-0.', 'He is 6’2” tall.', 'It cost ¥500.', 'Es ist 1-2-3.'])
      for (const language of ['en', 'de']) expect(spoken(text, language)).toBe(text);
    expect(spoken('0800-123-456', 'en')).toBe('zero eight zero zero, one two three, four five six');
  });

  it('lists numbers that no rule of the language knows, without words for them', () => {
    expect(classesIn('um 10.30 Uhr', 'de')).toEqual(['times 10.30']);
    expect(classesIn('alle ore 10.30', 'it')).toEqual(['times 10.30']);
    expect(classesIn('pukul 10.30', 'id')).toEqual(['times 10.30']);
    expect(classesIn('３匹と⑤', 'ja')).toEqual(['numbers ３', 'numbers ⑤']);
    expect(classesIn('version 1.2.3', 'en')).toEqual(['numbers 1.2.3']);
    for (const [text, language] of [
      ['um 10.30 Uhr', 'de'],
      ['３匹', 'ja'],
    ] as const)
      expect(spoken(text, language)).toBe(text);
  });

  it('lists abbreviations that no table has, and products, without words for them; initials of a name are none', () => {
    expect(classesIn('The U.S. Army, a Ph.D. and J.R. Smith in the U.K.')).toEqual([
      'abbreviations U.S.',
      'abbreviations Ph.D.',
      'abbreviations U.K.',
    ]);
    expect(classesIn('o 1.º andar', 'pt')).toEqual(['numbers 1.º']);
    for (const text of ['The U.S. Army and a Ph.D.', 'the e.g.o. of it']) expect(spoken(text, 'en')).toBe(text);
  });

  it('products and sizes are one place, in words where one word is always right', () => {
    for (const [language, size, product] of [
      ['de', 'zwei mal vier Zentimeter', 'drei mal fünf'],
      ['es', 'dos por cuatro centímetros', 'tres por cinco'],
      ['it', 'due per quattro centimetri', 'tre per cinque'],
      ['pt', 'dois por quatro centímetros', '3 × 5'],
      ['en', 'two by four centimeters', '3 × 5'],
      ['fr', '2×4 cm', '3 × 5'],
      ['ru', '2×4 cm', '3 × 5'],
      ['zh', '2×4 cm', '3 × 5'],
      ['ja', '2×4 cm', '3 × 5'],
      ['ko', '2×4 cm', '3 × 5'],
      ['id', '2×4 cm', '3 × 5'],
    ] as const) {
      expect([language, spoken('2×4 cm', language), spoken('3 × 5', language)]).toEqual([language, size, product]);
      expect(classesIn('2×4 cm', language)).toEqual([`units 2×4 cm`]);
      expect(classesIn('3 × 5', language)).toEqual([`numbers 3 × 5`]);
    }
    expect(spoken('Ein 4x4, 2,5 x 3 m groß, 21 cm × 30 cm × 2 mm.', 'de')).toBe(
      'Ein vier mal vier, zwei Komma fünf mal drei Meter groß, einundzwanzig Zentimeter mal dreißig Zentimeter mal zwei Millimeter.',
    );
    for (const text of [
      'a 2×4',
      'a 4x4',
      '8" × 10"',
      "5'×7'",
      '2½ × 4 cm',
      '3× täglich',
      '×10',
      '0x10',
      '3*4',
      '9·11',
      '8÷2',
    ])
      for (const language of ['en', 'de', 'fr', 'zh']) {
        if (language === 'de' && text.endsWith('x4')) continue;
        expect(spoken(text, language).replace('zwei mal vier', '2×4')).toBe(text);
      }
    // An exponent is no part of a spelled number or unit.
    expect(spoken('10⁶ Sterne, 6×10⁶, 5 m³', 'de')).toBe('10⁶ Sterne, 6×10⁶, fünf m³');
  });

  it('names each class once, and no place twice', () => {
    const text =
      'In 1851, on 3 May, at 5:30 p.m., 12 men paid $5 for 5 km. Call 555-0142: ½ off. Henry VIII, vol. 2, the BBC, Ελλάδα, www.example.com.';
    const found = readingsIn(text, 'en');
    const classes = ['years', 'dates', 'times', 'numbers', 'money', 'units', 'phones', 'fractions', 'roman'];
    const others = ['abbreviations', 'capitals', 'scripts', 'addresses'];
    expect(new Set(found.map((one) => one.class))).toEqual(new Set([...classes, ...others]));
    for (const [index, one] of found.entries()) {
      expect(text.slice(one.start, one.end)).toBe(one.text);
      expect(one.start).toBeGreaterThanOrEqual(found[index - 1]?.end ?? 0);
    }
  });

  it('a heading that is only a Roman number is one; a pronoun is none', () => {
    expect(classesIn('XIV')).toEqual(['roman XIV']);
    expect(classesIn('II. The Storm')).toEqual(['roman II']);
    expect(classesIn('What I saw. I ran. MIX it.')).toEqual(['capitals MIX']);
  });

  it('Latin in Chinese is another script; Chinese in English too', () => {
    expect(classesIn('他用WiFi', 'zh')).toEqual(['scripts WiFi']);
    expect(classesIn('二〇二〇年', 'zh')).toEqual([]);
    expect(classesIn('he said 你好')).toEqual(['scripts 你好']);
  });

  it('letters of the script that a language is written in are its own, whatever the language', () => {
    for (const [language, text] of [
      ['ar', 'كان المصباح مظلما'],
      ['th', 'ตะเกียงดับแล้ว'],
      ['vi', 'Ngọn đèn đã tắt'],
      ['he', 'המגדלור היה חשוך'],
      ['hi', 'दीपक बुझ गया'],
      ['el', 'Το φως έσβησε'],
      ['sr', 'Svetlo se ugasilo и сада'],
      ['zz', 'Nobody knows и никто'],
      ['no language', 'Nobody knows'],
    ] as const)
      expect(classesIn(text, language)).toEqual([]);
    expect(classesIn('كان المصباح Wilma', 'ar')).toEqual(['scripts Wilma']);
    expect(classesIn('Ngọn đèn 灯', 'vi')).toEqual(['scripts 灯']);
  });

  it('lists Russian without a proposal', () => {
    const found = readingsIn('В 1851 г. прошёл 5 км, 50% и т. д., в 17:45.', 'ru');
    expect(found.map((one) => one.class)).toEqual([
      'years',
      'abbreviations',
      'units',
      'units',
      'abbreviations',
      'times',
    ]);
    expect(found.filter(({ spoken: words }) => words !== undefined)).toEqual([]);
  });

  it('takes time in proportion to the text, whatever it is', () => {
    for (const piece of [
      '1',
      '1.',
      '1,234,',
      'A',
      'A ',
      'a@',
      'a.',
      '$',
      'I',
      '1-',
      '12:',
      '2×',
      '2 x ',
      '½÷',
      '一1',
      '+1 ',
      'www.',
      'é你',
    ])
      for (const language of ['en', 'zh', 'de', 'ru']) {
        const begun = performance.now();
        readingsIn(piece.repeat(8_000 / piece.length), language);
        expect(performance.now() - begun, `${piece} ${language}`).toBeLessThan(1_500);
      }
  });
});
