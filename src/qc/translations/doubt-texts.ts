/**
 * What a check found and expects, as codes with values. Records of takes have it as English text only, those of earlier
 * versions too, so the codes are read from that text.
 */
import type { TakeDoubt } from '../../events.ts';

/** The texts of all checks: `{words}` and `{text}` are anything, another name in braces is a figure. */
export const DOUBT_TEXTS = {
  'sound-ms': '{n} ms of sound',
  'sound-peak': '{n} ms of sound with a peak of {peak} dBFS',
  'sound-silent': '{n} ms of sound with digital silence',
  'ends-below': 'ends {n} dB below its speech',
  'ends-above': 'ends {n} dB above its speech',
  'last-below': 'its last {ms} ms are {n} dB below its speech',
  'last-above': 'its last {ms} ms are {n} dB above its speech',
  'begins-below': 'begins {n} dB below its speech',
  'begins-above': 'begins {n} dB above its speech',
  silence: '{n} s of silence',
  louder: '{n} dB louder from here on',
  quieter: '{n} dB quieter from here on',
  'quieter-briefly': '{n} dB quieter for a moment',
  'speech-level': 'speech at {n} dBFS',
  'never-quiet': 'never more than {n} dB below its speech',
  clipped: '{n} clipped peaks',
  lasts: '{n} s',
  'fast-speech': '{n} s of fast speech',
  speech: '{n} s of speech',
  'sharp-peak': 'a peak {n} times as sharp as what is around it',
  twice: 'some of it is said twice',
  'last-word': 'its last word goes on to its end',
  'other-voice': 'sounds like another voice',
  'cast-voice': 'sounds like another voice of the cast',
  'burst-below': 'a noise {n} dB below its speech',
  'burst-above': 'a noise {n} dB above its speech',
  'noise-below': 'noise {n} dB below its speech in every band',
  'noise-above': 'noise {n} dB above its speech in every band',
  'not-heard': '“{words}” is not heard',
  heard: '“{words}” is heard',
  'heard-for': '“{words}” is heard for “{text}”',
  'more-after-end': 'the service sent more of it after its end',
  counted: 'the service counted {n}',
  'want-sound': 'at least {n} ms that peak above {peak} dBFS',
  'want-fade': 'a fade to {n} dB below',
  'want-punctuation': 'at most {n} s by its punctuation',
  'want-most-seconds': 'at most {n} s for its text',
  'want-least-seconds': 'at least {n} s for its text',
  'want-about-seconds': 'about {n} s for its text',
  'want-most-db': 'at most {n} dB',
  'want-level': 'at least {n} dBFS',
  'want-voice-level': 'at least {n} dBFS, as this voice speaks',
  'want-quiet': '{n} dB somewhere',
  'want-most': 'at most {n}',
  'want-about': 'about {n}',
  'want-usual-end': 'an end as quiet as in its other takes',
  'want-quiet-start': 'a quiet start',
  'want-no-click': 'no click',
  'want-no-repeat': 'only what the text repeats',
  'want-no-burst': 'no noise that lasts {n} s',
  'want-quieter': 'quieter noise',
  'want-even': 'an even level',
  'want-own-voice': 'the voice of its other takes',
  'want-every-word': 'every word of its text',
  'want-only-words': 'only the words of its text',
  'want-once': 'each word once',
  'want-words': 'the words of its text',
  'want-numbers': 'the numbers of its text',
  'want-no-more-words': 'nothing after its last word',
  'want-no-more': 'nothing after the end',
} as const;

/** A code of these texts. */
export type DoubtCode = keyof typeof DOUBT_TEXTS;

/** A code with its values, which stand in its text. */
export interface CodedDoubt {
  code: DoubtCode;
  values: Readonly<Record<string, string>>;
}

/** The two codes of a doubt; each is absent for a text of no check of this version. */
export function codedDoubt({ measured, wanted }: Pick<TakeDoubt, 'measured' | 'wanted'>): {
  found?: CodedDoubt;
  wanted?: CodedDoubt;
} {
  const [found, expected] = [toldText(measured), toldText(wanted)];
  return { ...(found && { found }), ...(expected && { wanted: expected }) };
}

function toldText(text: string): CodedDoubt | undefined {
  for (const { code, names, pattern } of PATTERNS) {
    const found = pattern.exec(text);
    if (found === null) continue;
    return { code, values: Object.fromEntries(names.map((name, at) => [name, found[at + 1]!])) };
  }
  return undefined;
}

const FIGURE = '(-?(?:\\d+(?:\\.\\d+)?|Infinity))';
const PATTERNS = Object.entries(DOUBT_TEXTS).map(([code, text]) => ({
  code: code as DoubtCode,
  names: [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  pattern: new RegExp(
    `^${text.replace(/\{(\w+)\}/g, (_, name) => (name === 'words' || name === 'text' ? '(.*)' : FIGURE))}$`,
    'su',
  ),
}));
