/** Names and uncommon words, without a list of any language. */
import { describe, expect, it } from 'vitest';
import { uncommonWords } from '../../src/script/pronounce/uncommon-words.ts';

const found = (language: string, ...texts: string[]): string[] =>
  uncommonWords(texts, language).map(({ word, kind, places }) => `${word} ${kind} ${places.length}`);

describe('uncommon words', () => {
  it('English: names, foreign letters, and words with two readings', () => {
    expect(
      found('en', 'Then Ukridge came. Ukridge’s wife read a naïve letter.', 'On Monday I saw Tom. Then tom ran.'),
    ).toEqual(['Ukridge name 2', 'naïve letters 1', 'read two readings 1']);
  });

  it('German: nouns are no names', () => {
    const text =
      'Da kam Effi mit dem Hund. Der Hund sah, wie Effi den Garten und das Haus verließ, und Effi lachte. Ein Haus und ein Garten.';
    expect(found('de', text)).toEqual(['Effi name 3']);
  });

  it('Chinese: names that come again, Latin words, and rare characters', () => {
    const list = found('zh', '孔乙己走了。', '大家看孔乙己，用WiFi。', '孔乙己饕餮。');
    expect(list).toContain('WiFi letters 1');
    expect(list).toContain('饕 rare character 1');
    expect(list.some((one) => one.startsWith('孔乙己 name 3'))).toBe(true);
  });

  it('Japanese: katakana, and names before an honorific', () => {
    expect(found('ja', '田中さんはロンドンで田中さんに会った。')).toEqual(['田中 name 2', 'ロンドン name 1']);
  });
});
