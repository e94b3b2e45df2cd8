/** The language of a book: declared, or known by its text. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bookLanguage } from '../../src/import/facts/book-language.ts';
import { guessLanguage } from '../../src/import/facts/guess-language.ts';
import { imported } from './account.ts';

const GOLD = new URL('../script/gold/', import.meta.url);
const LANGUAGES = readdirSync(GOLD).map((name) => name.slice(0, 2));
const goldOf = (language: string): string => readFileSync(new URL(`${language}.txt`, GOLD), 'utf8');
const SPOKEN = 'zh en de fr es it pt ru ja ko id'.split(' ');
const languageOf = (text: string, language?: string) =>
  bookLanguage({ chapters: [{ title: '', blocks: [{ kind: 'text', text }] }], ...(language && { language }) }, SPOKEN);

describe('the language of a text', () => {
  it.each(LANGUAGES)('%s is known by its words', (language) => {
    expect(guessLanguage(goldOf(language))).toEqual({ language, isPlain: true });
  });

  it.each([
    ['de', 'Der Mond schien hell, und niemand war auf der Straße.'],
    ['es', 'La lámpara se apagó y nadie vino a la casa.'],
    ['fr', 'La lampe s’éteignit et personne ne vint dans la maison.'],
    ['it', 'La lampada si spense e nessuno venne alla casa.'],
    ['pt', 'A lâmpada apagou-se e ninguém veio à casa.'],
    ['ru', 'Лампа погасла, и никто не пришёл.'],
    ['ja', 'ランプが消えた。誰も来なかった。'],
    ['zh', '灯灭了，没有人来。'],
    ['ko', '등불이 꺼졌다.'],
    ['zh', '他用iPhone给Mary打了电话，说OK，然后去了Starbucks。'],
    ['ko', '그는 Starbucks에서 iPhone으로 전화했다.'],
    ['en', 'The word 灯 means lamp, and 笑 is a laugh.'],
    ['en', 'The lamp went out, and nobody came to the house.'],
    ['uk', 'Лампа згасла, і ніхто не прийшов її запалити.'],
    ['nl', 'De lamp ging uit en niemand kwam naar het huis.'],
    ['pl', 'Lampa zgasła i nikt nie przyszedł do domu, choć było późno.'],
  ])('%s is known by one sentence', (language, sentence) => {
    expect(guessLanguage(sentence)?.language).toBe(language);
  });

  it('is not guessed from a name or a cry', () => {
    for (const text of ['Mara Quill', 'Stop!', '42', '']) expect(guessLanguage(text)).toBeUndefined();
  });
});

describe('the language of a book', () => {
  it('that declares none is that of its text, and told', () => {
    for (const language of LANGUAGES.filter((one) => one !== 'en')) {
      const chosen = languageOf(goldOf(language));
      expect(chosen.language).toBe(language);
      expect(chosen.note).toContain(`The manifest says "${language}".`);
    }
    expect(languageOf('Stop!').note).toContain('does not name its language; the manifest says "en"');
  });

  it('that declares one keeps it, unless the text is plainly another', () => {
    expect(languageOf(goldOf('de'), 'de-AT')).toEqual({ language: 'de' });
    expect(languageOf(goldOf('zh'), 'chi')).toEqual({ language: 'zh' });
    expect(languageOf('Der Mond schien hell.', 'en')).toEqual({ language: 'en' });
    expect(languageOf(`${goldOf('en')} ${goldOf('en')} ${goldOf('fr')}`, 'en')).toEqual({ language: 'en' });
    expect(languageOf(goldOf('de'), 'en')).toEqual({
      language: 'de',
      note: 'The manuscript says that it is English, but its text is German. The manifest says "de". Check "language".',
    });
  });

  it('that the model does not speak is told', () => {
    expect(languageOf('Een zin.', 'nl').note).toBe(
      'The model does not speak "nl"; the manifest says "en". Check "language".',
    );
    expect(languageOf('De lamp ging uit en niemand kwam naar het huis.')).toEqual({
      language: 'en',
      note: 'The manuscript does not name its language; by its words it is Dutch. The model does not speak it; the manifest says "en".',
    });
  });

  it('reads the whole of a text file', () => {
    const { book } = imported('a.txt', `Kapitel 1\n\n${goldOf('de')}`);
    expect(bookLanguage(book, SPOKEN).language).toBe('de');
  });
});
