import { describe, expect, it } from 'vitest';
import { creditTitles, creditWords } from '../../src/manifest/fields/credit-words.ts';
import { MODELS } from '../../src/models.ts';
import { codes, manifestWith, printed, read } from './read.ts';

describe('creditWords', () => {
  it('say title, author and that the voice is synthetic, in every language that is spoken', () => {
    const facts = { title: 'Storm', author: 'A. N. Other' };
    const openings = new Set<string>();
    for (const language of Object.values(MODELS).flatMap(({ languages }) => Object.keys(languages))) {
      const { opening, closing } = creditWords({ ...facts, language });
      for (const text of [opening, closing]) expect(text).toMatch(/Storm[.。][\s\S]*A\. N\. Other/);
      openings.add(opening);
    }
    expect(openings.size).toBe(11);
    expect(creditWords({ ...facts, language: 'en' })).toEqual({
      opening: 'Storm.\n\nWritten by A. N. Other.\n\nNarrated by a synthetic voice.',
      closing:
        'The end.\n\nYou have been listening to Storm.\n\nWritten by A. N. Other.\n\nNarrated by a synthetic voice.',
    });
  });

  it('name the narrator that the manifest names, and put no second sign behind a name', () => {
    const { opening } = creditWords({ title: 'Why?', author: 'J. R.', narrator: 'Mara', language: 'en' });
    expect(opening).toBe('Why?\n\nWritten by J. R.\n\nNarrated by Mara.');
    expect(creditWords({ title: '海', language: 'zh' }).opening).toBe('海。\n\n由合成语音朗读。');
  });
});

it('credits and the retail sample are called something in every language that is spoken', () => {
  const languages = Object.keys(MODELS['qwen-tts-vc-realtime-2025-08-20']!.languages);
  const titles = languages.map((language) => creditTitles(language));
  expect(languages).toHaveLength(11);
  for (const { opening, closing, sample } of titles) expect(new Set([opening, closing, sample]).size).toBe(3);
  expect(new Set(titles.map(({ closing }) => closing)).size).toBe(11);
  expect(creditTitles('zh')).toEqual({ opening: '片头', closing: '片尾', sample: '试听片段' });
  expect(creditTitles('de-AT').opening).toBe('Vorspann');
});

describe('the manifest', () => {
  it('reads credits, a retail sample and tags', () => {
    const { manifest, diagnostics } = read(
      manifestWith({
        book: '{title: T, narrator: Mara, year: 2024, genre: Fiction}',
        rest: 'credits: {opening: true}\nretailSample: {chapter: ONE, seconds: 90}\noutput: {lines: flac, also: [epub]}',
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(manifest).toMatchObject({
      ...{ narrator: 'Mara', year: 2024, genre: 'Fiction', lines: 'flac', extras: ['epub'] },
      credits: { opening: { text: 'T.\n\nNarrated by Mara.', speaker: 'narrator' } },
      retailSample: { chapter: 1, seconds: 90 },
    });
    expect(read(manifestWith({ rest: 'credits: {opening: false}\nretailSample: false' })).manifest).not.toHaveProperty(
      'credits',
    );
  });

  it.each([
    ['credits: {opening: 7}', 'wrong-type'],
    ['credits: {opening: "..."}', 'empty-chapter'],
    ['credits: {opening: true, speaker: marra}', 'unknown-speaker'],
    ['credits: {open: true}', 'unknown-field'],
    ['credits: yes please', 'wrong-type'],
    ['retailSample: yes please', 'wrong-type'],
    ['retailSample: {seconds: 9000}', 'out-of-range'],
    ['retailSample: {chapter: Tow}', 'unknown-chapter'],
    ['output: {lines: ogg}', 'unknown-format'],
  ])('says what is wrong in %s', (rest, code) => expect(codes(manifestWith({ rest }))).toEqual([code]));

  it('says so when nobody can speak the credits', () => {
    const text = manifestWith({ characters: '{mara: {sample: a.wav}}', rest: 'credits: {opening: true}' });
    expect(printed(text)).toContain('The credits have no speaker: there is no narrator.');
    expect(printed(text)).toContain('fix: Name a character: "speaker: mara".');
  });
});
