/** Names and other words of a text that an editor should settle before it is spoken: no list of a language is needed. Pure. */

/** Why a word is listed. */
export type WordKind = 'name' | 'letters' | 'two readings' | 'rare character';

/** A word at a place of a text. */
export interface FoundWord {
  word: string;
  kind: WordKind;
  /** Offset of each time, by the index of the text it is in. */
  places: { text: number; offset: number }[];
}

/** Read in two ways, by their sense. */
const TWO_READINGS: Readonly<Record<string, string>> = {
  en: 'read lead tear wind bow row sow wound bass desert minute live close tears winds bows invalid resume polish',
};

/** Letters that words of the language have; others make a word worth a look. */
const USUAL: Readonly<Record<string, RegExp>> = {
  en: /^[a-z'’-]+$/i,
  de: /^[a-zäöüß'’-]+$/i,
  fr: /^[a-zàâæçéèêëîïôœùûüÿ'’-]+$/i,
  es: /^[a-záéíñóúü'’-]+$/i,
  it: /^[a-zàèéìíîòóùú'’-]+$/i,
  pt: /^[a-záâãàçéêíóôõú'’-]+$/i,
  id: /^[a-z'’-]+$/i,
  ru: /^[а-яё'’-]+$/i,
};

/** Capitals in mid-sentence that are no names. */
const NO_NAMES = new Set(
  (
    "I I'm I’m I'd I’d I'll I’ll I've I’ve Mr Mrs Ms Dr Monday Tuesday Wednesday Thursday Friday Saturday Sunday January " +
    'February March April May June July August September October November December'
  ).split(' '),
);

/** A German noun stands behind one of these, a name hardly ever. */
const DETERMINER =
  /(?:^|[^\p{L}])(?:der|die|das|den|dem|des|[dmsk]?ein(?:e|en|em|er|es)?|ihr(?:e|en|em|er|es)?|unser(?:e|en|em|er|es)?|dies(?:e|en|em|er|es)|jed(?:e|en|em|er|es)|zum|zur|im|am|beim|vom|ins|ans|kein(?:e|en|em|er|es)?) $/u;

/** Finds them, the most frequent first. `language` is an ISO code. */
export function uncommonWords(texts: readonly string[], language: string): FoundWord[] {
  const code = language.split('-')[0] ?? language;
  const found =
    code === 'zh' ? chineseWords(texts) : code === 'ja' ? japaneseWords(texts) : wordsWithSpaces(texts, code);
  return found.sort((a, b) => b.places.length - a.places.length || (a.word < b.word ? -1 : 1));
}

interface Seen extends FoundWord {
  lower: number;
  midSentence: number;
  behindDeterminer: number;
}

function wordsWithSpaces(texts: readonly string[], code: string): FoundWord[] {
  const seen = new Map<string, Seen>();
  for (const [text, words] of texts.entries()) {
    for (const match of words.matchAll(/\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu)) {
      const word = match[0].replace(/['’]s$/u, '');
      const entry = seen.get(word) ?? { word, kind: 'name', places: [], lower: 0, midSentence: 0, behindDeterminer: 0 };
      seen.set(word, entry);
      entry.places.push({ text, offset: match.index });
      const before = words.slice(Math.max(0, match.index - 30), match.index);
      if (/[\p{L}\p{N},;] $/u.test(before)) entry.midSentence += 1;
      if (code === 'de' && DETERMINER.test(before)) entry.behindDeterminer += 1;
    }
  }
  const twoReadings = new Set((TWO_READINGS[code] ?? '').split(' '));
  return [...seen.values()].flatMap((entry): FoundWord[] => {
    const { word, places } = entry;
    if (twoReadings.has(word)) return [{ word, kind: 'two readings', places }];
    if (isName(entry, seen, code)) return [{ word, kind: 'name', places }];
    return USUAL[code] !== undefined && !USUAL[code].test(word) ? [{ word, kind: 'letters', places }] : [];
  });
}

/** Written with a capital in mid-sentence, and never without one. Words in capitals are for `check`. */
function isName(
  { word, midSentence, behindDeterminer, places }: Seen,
  seen: ReadonlyMap<string, Seen>,
  code: string,
): boolean {
  if (!/^\p{Lu}/u.test(word) || /^\p{Lu}+$/u.test(word) || NO_NAMES.has(word) || midSentence === 0) return false;
  if (seen.has(word.toLowerCase())) return false;
  return code !== 'de' || (places.length > 1 && behindDeterminer === 0);
}

/** Characters that are words of their own, so that they end a name. */
const CHINESE_WORDS = new Set(
  '的了是在不我你他她它们这那哪有和与就也都说道问笑想看来去上下里外中要会能可把被让给从到对向又再很太最更还没着过吗呢吧啊呀什么怎谁一二三四五六七八九十百千万两几个只条位名人大小多少好得地而且但却因为所以如果时候走听叫做用以于其此之将已经当便才跟像等每年月日天点分前后左右手头眼心'.split(
    '',
  ),
);

/** Chinese: names that the dictionary of ICU does not know, words in Latin letters, and rare characters. */
function chineseWords(texts: readonly string[]): FoundWord[] {
  const common = commonCharacters();
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
  const words = new Map<string, FoundWord>();
  const add = (word: string, kind: WordKind, text: number, offset: number): void => {
    const known = words.get(word) ?? { word, kind, places: [] };
    known.places.push({ text, offset });
    words.set(word, known);
  };
  for (const [text, whole] of texts.entries()) {
    let run = '';
    const endRun = (end: number): void => {
      if ([...run].length >= 2 && [...run].length <= 4) add(run, 'name', text, end - run.length);
      run = '';
    };
    for (const { segment, index } of segmenter.segment(whole)) {
      if (/^\p{Script=Han}$/u.test(segment) && !CHINESE_WORDS.has(segment)) run += segment;
      else endRun(index);
      if (/^\p{Script=Latin}+$/u.test(segment)) add(segment, 'letters', text, index);
    }
    endRun(whole.length);
    for (const match of whole.matchAll(/\p{Script=Han}/gu))
      if (!common.has(match[0])) add(match[0], 'rare character', text, match.index);
  }
  return [...words.values()].filter(({ kind, places }) => kind !== 'name' || places.length >= 3);
}

/** The 3,755 characters of level 1 of GB 2312, without a list of them: TextDecoder has it. */
function commonCharacters(): ReadonlySet<string> {
  const bytes: number[] = [];
  for (let row = 0xb0; row <= 0xd7; row++) for (let cell = 0xa1; cell <= 0xfe; cell++) bytes.push(row, cell);
  return new Set(new TextDecoder('gb18030').decode(Uint8Array.from(bytes)));
}

/** Japanese: words in katakana, names before an honorific, and words in Latin letters. */
function japaneseWords(texts: readonly string[]): FoundWord[] {
  const words = new Map<string, FoundWord>();
  for (const [text, whole] of texts.entries()) {
    for (const match of whole.matchAll(
      /[\p{Script=Katakana}ー]{2,}|\p{Script=Han}{1,4}(?=さん|君|くん|様|氏|先生)|\p{Script=Latin}{2,}/gu,
    )) {
      const kind: WordKind = /^\p{Script=Latin}/u.test(match[0]) ? 'letters' : 'name';
      const known = words.get(match[0]) ?? { word: match[0], kind, places: [] };
      known.places.push({ text, offset: match.index });
      words.set(match[0], known);
    }
  }
  return [...words.values()];
}
