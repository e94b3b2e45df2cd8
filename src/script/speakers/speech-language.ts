/** The language whose dialogue a text has. Pure. */
import { SAYING_VERBS, type SpeechLanguage } from './saying-verbs.ts';

/** Frequent small words, each of one language. */
const SMALL: Readonly<Partial<Record<SpeechLanguage, string>>> = {
  en: 'the and of was that with his her said had not you',
  de: 'der die und das nicht ist sich ein eine mit sagte war',
  fr: 'les des est dans une pas qui dit elle sur avec était',
  es: 'los las del una que con por dijo su estaba pero muy',
  it: 'gli della che non una per disse con era sono il nel',
  pt: 'não uma disse com ele ela seu sua os as dos ao',
  id: 'yang dan di itu tidak dengan dari kata dia ini untuk pada',
};

/** A language code such as `en-GB` as one whose dialogue is known; undefined for others. */
export function speechLanguage(code: string | undefined): SpeechLanguage | undefined {
  const primary = code?.trim().toLowerCase().split(/[-_]/)[0] ?? '';
  return primary in SAYING_VERBS ? (primary as SpeechLanguage) : undefined;
}

/** The language of a paragraph: by its script where that tells, otherwise the book's. */
export function languageOfParagraph(text: string, book: SpeechLanguage): SpeechLanguage {
  if (PLAIN.test(text) && isLatin(book)) return book;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'ja';
  if (/\p{Script=Hangul}/u.test(text)) return 'ko';
  if (/\p{Script=Han}/u.test(text)) return book === 'ja' ? 'ja' : 'zh';
  if (/\p{Script=Cyrillic}/u.test(text)) return 'ru';
  return isLatin(book) || !/\p{Script=Latin}/u.test(text) ? book : 'en';
}

/** Latin letters and the punctuation of print, as nearly every paragraph of such a book. */
const PLAIN = /^[\0-\u024f\u2000-\u206f]*$/;

function isLatin(language: SpeechLanguage): boolean {
  return language !== 'zh' && language !== 'ja' && language !== 'ko' && language !== 'ru';
}

/** Guesses the language of a text that does not name it: by its script, or its small words. English when nothing tells. */
export function guessSpeechLanguage(paragraphs: readonly string[]): SpeechLanguage {
  const sample = paragraphs.slice(0, 400).join(' ').slice(0, 60_000);
  const scripts = {
    ja: /[\p{Script=Hiragana}\p{Script=Katakana}]/gu,
    ko: /\p{Script=Hangul}/gu,
    zh: /\p{Script=Han}/gu,
    ru: /\p{Script=Cyrillic}/gu,
  };
  const letters = sample.match(/\p{L}/gu)?.length ?? 0;
  for (const [language, pattern] of Object.entries(scripts))
    if ((sample.match(pattern)?.length ?? 0) > letters * 0.2) return language as SpeechLanguage;
  const words = new Map<string, number>();
  for (const word of sample.toLowerCase().match(/\p{L}+/gu) ?? []) words.set(word, (words.get(word) ?? 0) + 1);
  let best: { language: SpeechLanguage; count: number } = { language: 'en', count: 0 };
  for (const [language, list] of Object.entries(SMALL)) {
    const count = list.split(' ').reduce((sum, word) => sum + (words.get(word) ?? 0), 0);
    if (count > best.count) best = { language: language as SpeechLanguage, count };
  }
  return best.language;
}
