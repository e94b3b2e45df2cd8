/** How Japanese is read: kanji by their readings, and one spelling for each sound of kana. Pure. */

/** A piece of a text: where it is, in UTF-16 code units, and how it is read. */
export interface ReadPiece {
  from: number;
  to: number;
  /** In katakana; undefined for what has no reading, such as a number or a word in Latin letters. */
  reading: string | undefined;
}

/** Splits a Japanese text into words with their readings; what is left out between them is not read. */
export type Readings = (text: string) => readonly ReadPiece[];

/** Whether a text has kana or kanji. */
export const JAPANESE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

const KANA_OFFSET = 0x60;
/** The vowel of each kana, by the rows of the table. */
const VOWELS: readonly (readonly [vowel: string, kana: string])[] = [
  ['あ', 'ぁあかがさざただなはばぱまゃやらゎわ'],
  ['い', 'ぃいきぎしじちにひびぴみり'],
  ['う', 'ぅうくぐすずつぬふぶぷむゅゆる'],
  ['え', 'ぇえけげせぜてでねへべぺめれ'],
  ['お', 'ぉおこごそぞとどのほぼぽもょよろ'],
];
const VOWEL_OF = new Map(VOWELS.flatMap(([vowel, kana]) => [...kana].map((one) => [one, vowel] as const)));
/** Kana that sound alike. */
const ALIKE: Readonly<Record<string, string>> = { を: 'お', ぢ: 'じ', づ: 'ず', ゐ: 'い', ゑ: 'え' };

/** Kana as they sound, in hiragana: a long vowel is written twice, however it was spelled. */
export function soundOfKana(kana: string): string {
  let sound = '';
  for (const letter of kana.normalize('NFKC')) {
    const code = letter.codePointAt(0)!;
    const plain = code >= 0x30a1 && code <= 0x30f6 ? String.fromCodePoint(code - KANA_OFFSET) : letter;
    const before = VOWEL_OF.get(sound.at(-1) ?? '');
    const isLong = plain === 'ー' || (plain === 'う' && before === 'お') || (plain === 'い' && before === 'え');
    sound += isLong ? (before ?? '') : (ALIKE[plain] ?? plain);
  }
  return sound;
}
