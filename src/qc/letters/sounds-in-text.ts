/** Which sounds the letters of a text stand for, roughly: the same table for every language in Latin or Cyrillic letters. Pure. */

/** Kinds of sounds that letters tell; `any` is what digits stand for. `silence` is first. */
export const SOUND_KINDS = [
  ...['silence', 'a', 'e', 'i', 'o', 'u', 'nasal', 'liquid', 'glide'],
  ...['closed', 'voicedStop', 'hiss', 'breath', 'any'],
] as const;

/** The letters of each kind, without accents. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ a: 'aæая', e: 'eœеэ', i: 'iyиый', o: 'oøоё', u: 'uую' },
  ...{ nasal: 'mnмн', liquid: 'lrлр', glide: 'jwvв' },
  ...{ closed: 'ptkcqптк', voicedStop: 'bdgбдг', hiss: 'szxßсзшщчжц', breath: 'fhфх' },
};
/** Letters that stand for one sound together, most of all in English and French. */
const TOGETHER: readonly (readonly [RegExp, string])[] = [
  [/sch|sh|ch/gu, 's'],
  [/th|ph/gu, 'f'],
  [/qu|ck/gu, 'k'],
  [/ou|oo/gu, 'u'],
  [/eau|au/gu, 'o'],
  [/ee/gu, 'i'],
  [/ai/gu, 'e'],
  [/gn/gu, 'n'],
];
/** A digit is read as so many sounds. */
const SOUNDS_OF_DIGIT = 4;

const KIND_OF_LETTER: ReadonlyMap<string, number> = new Map(
  SOUND_KINDS.flatMap((kind, index) => [...(LETTERS[kind] ?? '')].map((letter) => [letter, index] as const)),
);
const SILENCE = SOUND_KINDS.indexOf('silence');
const ANY = SOUND_KINDS.indexOf('any');

/**
 * The sounds of a text, as indices in `SOUND_KINDS`, with a silence before, between and after its words; undefined where it has
 * letters of another script.
 */
export function soundsInText(text: string): number[] | undefined {
  const sounds = [SILENCE];
  for (const word of text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? []) {
    let last: number | undefined;
    for (const letter of lettersOf(word)) {
      if (/\p{N}/u.test(letter)) sounds.push(...new Array<number>(SOUNDS_OF_DIGIT).fill(ANY));
      if (/\p{N}/u.test(letter)) last = ANY;
      if (!/\p{L}/u.test(letter)) continue;
      if (!/[\p{Script=Latin}\p{Script=Cyrillic}]/u.test(letter)) return undefined;
      const kind = KIND_OF_LETTER.get(letter);
      // A sound that goes on is one sound, and signs such as ъ are none.
      if (kind === undefined || kind === last) continue;
      sounds.push(kind);
      last = kind;
    }
    sounds.push(SILENCE);
  }
  return sounds.length < 2 ? undefined : sounds;
}

function lettersOf(word: string): string {
  const plain = word.normalize('NFD').replace(/[\p{M}'’]/gu, '');
  return TOGETHER.reduce((letters, [pattern, sound]) => letters.replace(pattern, sound), plain);
}
