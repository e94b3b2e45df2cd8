/** Whether a quotation is speech, or a title, a word that is meant as a word, or a quoted phrase. Pure. */
import type { QuotationSpan } from './quotation-spans.ts';
import { SAYING_VERBS, type SpeechLanguage } from './saying-verbs.ts';

/** Ends a clause or a sentence. */
const ENDS = /[.!?…,;:—–-]$|[。！？，；：…—～~]$/u;
const ENDS_SENTENCE = /[.!?…。！？]$/u;
const NO_SPACES: ReadonlySet<SpeechLanguage> = new Set(['zh', 'ja']);

/** Dialogue fills its paragraph, ends like a clause inside its marks, or has a verb of saying beside it; a quoted word or title does not. */
export function isSpeech({
  text,
  span: { start, end, isOpen },
  language,
}: {
  text: string;
  span: QuotationSpan;
  language: SpeechLanguage;
}): boolean {
  if (isOpen) return true;
  const inner = text.slice(start + 1, end - 1).trim();
  if (!/[\p{L}\p{N}?!…—]/u.test(inner)) return false;
  if (start === 0 && end === text.length) return true;
  const before = text.slice(Math.max(0, start - 120), start);
  const after = text.slice(end, end + 120);
  if (before.trim() === '' && after.trim() === '') return true;
  if (BEAT_AFTER.test(after) && BEGINS.test(before) && (before.trim() === '' || /^\p{Lu}/u.test(inner))) return true;
  if (language === 'ja') return isJapaneseSpeech({ inner, before, after });
  if (language === 'ko') return isKoreanSpeech({ inner, before, after });
  const isIntroduced = /[:：]\s*$/.test(before) || saysBefore(before, language);
  if (saysAfter(after, language)) return language !== 'en' || ENDS.test(inner) || /(?:^|[.!?…][”"]?)\s*$/.test(before);
  if (isSentence({ inner, before, after })) return true;
  if (ENDS.test(inner)) return isIntroduced || !isPhrase({ inner, before, after, language });
  if (isIntroduced) return words(inner, language) > 1 || /^\s*[.!?。！？]?\s*$/.test(after);
  // German, Italian, Russian: »Ganz ruhig«, sagte Anna; the comma is outside.
  return before.trim() === '' && /^\s?[,，]\s?[—–-]?\s?\p{Ll}/u.test(after) && words(inner, language) > 1;
}

/** What somebody does in the middle of his sentence, between dashes: “Aunt Juley”—she jumped up—“I must go.” */
const BEAT = '\\s?(?:--+|[—–])\\s?\\(?\\p{L}[^“”"«»]{1,100}?\\)?\\s?(?:--+|[—–])\\s?';
const BEAT_AFTER = new RegExp(`^${BEAT}["“«]\\S`, 'u');
const IS_BEAT = new RegExp(`^${BEAT}$`, 'u');
/** Where a paragraph or a sentence begins. */
const BEGINS = /(?:^|[.!?…][”"»]?)\s*$/;

/**
 * Whether a quotation in marks that the book does not use for its dialogue is speech all the same: it fills its paragraph, or
 * begins it or follows a colon, and a verb of saying stands beside it.
 */
export function isPlainlySpeech({ text, span, language }: Parameters<typeof isSpeech>[0]): boolean {
  const { start, end } = span;
  const inner = text.slice(start + 1, end - 1).trim();
  const before = text.slice(Math.max(0, start - 120), start);
  const after = text.slice(end, end + 120);
  if (!ENDS.test(inner)) return language === 'ko' && isKoreanSpeech({ inner, before, after });
  if (before.trim() === '' && after.trim() === '') return true;
  if (language === 'ja' || language === 'ko') return isSpeech({ text, span, language });
  return saysAfter(after, language) || saysBefore(before, language);
}

/** Longest words of telling inside one sentence that is said: «Forse,» pensò Tom «ma ne dubito.» */
const LONGEST_BETWEEN = 80;

/** Whether a quotation goes on with one that a verb of saying, or something that is done between dashes, interrupts. */
export function isInterrupted(of: {
  text: string;
  before: QuotationSpan;
  span: QuotationSpan;
  language: SpeechLanguage;
}): boolean {
  const { text, before, span, language } = of;
  const between = text.slice(before.end, span.start);
  if (span.mark === before.mark && IS_BEAT.test(between)) return true;
  if (span.mark !== before.mark || between.length > LONGEST_BETWEEN || !saysAfter(between, language)) return false;
  return ENDS.test(text.slice(span.start + 1, span.end - 1).trim()) || text.slice(span.end).trim() === '';
}

/** «Sono io». stands alone between sentences, with the full stop outside. */
function isSentence({ inner, before, after }: { inner: string; before: string; after: string }): boolean {
  return /(?:^|[.!?…][»”"]?\.?)\s*$/.test(before) && /^\p{Lu}/u.test(inner) && /^[.!?…](?:\s|$)/.test(after);
}

/** `read “War and Peace.”`, `the word “gone,”`: it follows a word without a comma, and is short, a title, or no sentence. */
function isPhrase({
  inner,
  before,
  after,
  language,
}: {
  inner: string;
  before: string;
  after: string;
  language: SpeechLanguage;
}): boolean {
  if (before.trim() === '' || !/[\p{L}\p{N}]\s*$/u.test(before)) return false;
  if (NO_SPACES.has(language)) return !/[。！？…]$/u.test(inner);
  const bare = inner.replace(/[.,;:]$/, '');
  if (/[!?…]$/.test(bare) && /^\p{Lu}/u.test(inner) && words(inner, language) > 1) return false;
  if (words(bare, language) <= 2 || /^\p{Ll}/u.test(bare)) return true;
  return isTitle(bare) || (!ENDS_SENTENCE.test(inner) && !/^\s*\p{Ll}/u.test(after));
}

/** `War and Peace`: all words but small ones begin with a capital. */
function isTitle(text: string): boolean {
  const long = text.split(/\s+/).filter((word) => [...word].length > 3);
  return long.length > 0 && long.every((word) => /^[\p{Lu}\p{N}]/u.test(word)) && text.split(/\s+/).length <= 8;
}

function words(text: string, language: SpeechLanguage): number {
  return NO_SPACES.has(language)
    ? Math.ceil([...text].length / 2)
    : text.split(/[\s—–]+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

const SAYS_AFTER = byLanguage(
  (verbs) =>
    new RegExp(`^\\s?(?:[,—–-]\\s?(?:[—–-]\\s?)?(?:\\p{L}+[\\s’'-]){0,3}?)?(?:s[’'])?${verbs}(?![\\p{L}])`, 'u'),
  (verbs) => new RegExp(`^[\\s，,]*[^，。！？“”「」：]{1,12}?${verbs}`, 'u'),
);
const SAYS_BEFORE = byLanguage(
  (verbs) => new RegExp(`(?<![\\p{L}])${verbs}(?![\\p{L}])[^.!?]{0,40}[,:]\\s*$`, 'u'),
  (verbs) => new RegExp(`(?:${verbs}(?:着|了|道)?[：，:,]|[说說问問喊])\\s*$`, 'u'),
);

function saysAfter(after: string, language: SpeechLanguage): boolean {
  return SAYS_AFTER[language].test(after) && /^\s?[,，—–-]|^\s*\p{Ll}|^[\p{Script=Han}]/u.test(after);
}

function saysBefore(before: string, language: SpeechLanguage): boolean {
  return SAYS_BEFORE[language].test(before);
}

function byLanguage(
  spaced: (verbs: string) => RegExp,
  unspaced: (verbs: string) => RegExp,
): Readonly<Record<SpeechLanguage, RegExp>> {
  return Object.fromEntries(
    Object.entries(SAYING_VERBS).map(([language, verbs]) => [
      language,
      NO_SPACES.has(language as SpeechLanguage) ? unspaced(verbs) : spaced(verbs),
    ]),
  ) as Record<SpeechLanguage, RegExp>;
}

/** 「…」と言った is speech; 「海」という言葉, 「入口」と書かれた are names and words. */
function isJapaneseSpeech({ inner, before, after }: { inner: string; before: string; after: string }): boolean {
  if (/^(?:という|といった|と呼|と書|と題|と名|と記|とある|と印|って(?:いう|呼ば|書)|とは)/.test(after)) return false;
  if (/^と[「『]/.test(after)) return false;
  if (/^(?:と|って)[、，]?/.test(after)) return true;
  if (/[。！？」]\s*$/.test(before) && after.trim() === '') return true;
  if (/[。！？…—ー～]$/u.test(inner)) return !/^[のがをにはもへで]/.test(after);
  if (/[：、]\s*$|(?:言っ|聞い|訊い|答え|叫ん|呟い|尋ね|続け)[^。]{0,3}[。、：]\s*$/.test(before)) return true;
  return before.trim() === '' && !/^[のがをにはもへでや]/.test(after);
}

/** “…” 철수가 말했다. */
const KOREAN_SAYS = new RegExp(
  `^\\s?(?:[가-힣]{1,8}\\s)?[가-힣]{1,6}(?:이|가|은|는|께서)\\s(?:[^.!?“”"]{0,24}\\s)?${SAYING_VERBS.ko}`,
  'u',
);

/** “…” 하고 말했다 is speech; “바다”라는 말 is a word. */
function isKoreanSpeech({ inner, before, after }: { inner: string; before: string; after: string }): boolean {
  if (/^(?:이?라는|이?란|이?라고 (?:쓰|적|부르|불리|하는)|[은는이가을를의에와과도로])/.test(after)) return false;
  if (/^(?:이?라고|이?라며|이?라면서|하고|하며)/.test(after.trimStart())) return true;
  if (/[.!?…,~]$/.test(inner) || KOREAN_SAYS.test(after)) return true;
  return /(?:[:,]|말했다\.?|물었다\.?)\s*$/.test(before) && words(inner, 'ko') > 1;
}
