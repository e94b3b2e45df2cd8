/**
 * Whether speech is as long as its text.
 *
 * Models with open weights stop early, run on, or let the server say a notice first, and the answer is whole by every sign
 * of the protocol. No bill counts the words, either. So each voice first speaks a sentence of ours, which shows its pace.
 */
import { BYTES_PER_SAMPLE } from '../../audio/pcm.ts';
import { PipelineError } from '../../errors.ts';
import { expectedSpeech } from '../../qc/expected-speech.ts';
import { unfit } from './failures.ts';
import { type FirstSentence, type HeardSentence, hearSentence, MAX_SENTENCE_TOKENS } from './first-sentence.ts';
import { hostOf } from './http.ts';
import type { SpeechOrder } from './request-body.ts';
import type { SpeechCaller } from './speech-call.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A text and who speaks it. */
export interface PacedText extends Pick<SpeechOrder, 'model' | 'voice' | 'text' | 'languageType'> {
  /** The voice's ID. */
  voiceId: string;
  sampleRateHz: number;
}

/** A text that was spoken. */
interface Spoken extends Pick<PacedText, 'model' | 'voiceId' | 'text'> {
  seconds: number;
}

/** Knows the pace of each voice in this process. */
export interface PaceWatch {
  /**
   * Resolves when the pace of the voice in the script of the text is known: the first call speaks a sentence. Rejects with
   * `service-refused` when the sentence is far shorter or longer than it can be, or like a call of speech.
   */
  ensure(of: PacedText, signal: AbortSignal | undefined): Promise<void>;
  /** The sentence that `ensure` has spoken or will; undefined when it speaks none. Sends nothing. */
  first(of: PacedText): FirstSentence | undefined;
  /** What is wrong with speech of this length, in words; undefined when the length is plausible. */
  judge(of: Spoken): string | undefined;
  /** Adds a take that passed all checks. */
  learn(of: Spoken): void;
  /** Ends a sentence that is being spoken. */
  close(): void;
}

const WHAT = 'measuring the pace of a voice';
/** A sentence for each script whose length `expectedSpeech` can estimate; so short that any notice more than doubles it. */
const SENTENCES = {
  latin: 'The rain fell, but nobody was out.',
  han: '外面下着大雨，没有人。',
  kana: 'あめがふって、だれもいない。',
  hangul: '비가 내렸고, 아무도 없었다.',
  cyrillic: 'Шёл дождь, и никого не было.',
} as const;
type Script = keyof typeof SENTENCES;
const SEED = 20_262;
/** Narrators differ by a third; beyond this it is not the pace. */
const PLAUSIBLE = { least: 0.5, most: 1.9 };
/** Allowed length of a take relative to its text at the voice's pace. Half a text is at most 0.5. */
const BAND = { least: 0.64, lessSeconds: 0.2, most: 1.6, moreSeconds: 0.6 };
/** Number of latest takes that count. */
const MOST_TAKES = 32;

/** Makes a watch. Sends nothing. With `acceptUnproven` every length is plausible, and nothing is ever sent. */
export function createPaceWatch(caller: SpeechCaller, { acceptUnproven = false } = {}): PaceWatch {
  const { server } = caller;
  const paces = new Map<string, number[]>();
  const measuring = new Map<string, Promise<void>>();
  const sentences = new Map<string, Promise<HeardSentence>>();
  const closing = new AbortController();
  /** A server that does what no book may get does it in every script and voice. */
  let refusal: PipelineError | undefined;

  function sentenceOf(key: string, script: Script, { model, voice, sampleRateHz }: PacedText): FirstSentence {
    const order = { text: SENTENCES[script], languageType: 'Auto', seed: SEED, maxTokens: MAX_SENTENCE_TOKENS };
    const speak = async (): Promise<HeardSentence> => {
      try {
        return await hearSentence(caller, { ...order, model, voice }, { sampleRateHz, signal: closing.signal });
      } catch (error) {
        sentences.delete(key);
        throw error;
      }
    };
    const heard = (): Promise<HeardSentence> => {
      const before = sentences.get(key) ?? speak();
      sentences.set(key, before);
      return before;
    };
    return { ...order, heard };
  }

  async function measure(key: string, script: Script, of: PacedText): Promise<void> {
    const { text, heard } = sentenceOf(key, script, of);
    const { byteLength } = await heard();
    const { sampleRateHz } = of;
    const seconds = byteLength / BYTES_PER_SAMPLE / sampleRateHz;
    const expected = expectedSpeech(text).seconds;
    const pace = seconds / expected;
    if (pace < PLAUSIBLE.least || pace > PLAUSIBLE.most) throw implausible({ text, seconds, expected });
    paces.set(key, [pace]);
  }

  function implausible(of: { text: string; seconds: number; expected: number }): PipelineError {
    const { text, seconds, expected } = of;
    const why = seconds < expected ? 'it leaves words out' : 'it says more than its text, such as a spoken notice';
    return unfit(
      `The server at ${hostOf(server)} spoke "${text}" in ${seconds.toFixed(1)} s instead of about ${expected.toFixed(1)} s: probably ${why}. ` +
        'None of the book was spoken. Listen to what the server says; if it is right, set PIPELINE_SPEECH_UNPROVEN=1.',
    );
  }

  function knownOf(of: Spoken): number[] | undefined {
    const script = scriptOf(of.text);
    return script === undefined ? undefined : paces.get(keyOf(of, script));
  }

  return {
    first(of) {
      const script = acceptUnproven || refusal !== undefined ? undefined : scriptOf(of.text);
      return script === undefined ? undefined : sentenceOf(keyOf(of, script), script, of);
    },
    async ensure(of, signal) {
      const script = acceptUnproven ? undefined : scriptOf(of.text);
      if (script === undefined) return;
      if (refusal !== undefined) throw refusal;
      const key = keyOf(of, script);
      if (paces.has(key)) return;
      const before = measuring.get(key);
      if (before !== undefined) return unlessAborted(before, signal, WHAT);
      const measured = measure(key, script, of);
      measuring.set(key, measured);
      const remembered = measured.catch((error: unknown) => {
        // A passing failure says nothing of the pace.
        if (error instanceof PipelineError && error.retry === 'never') refusal = error;
        else measuring.delete(key);
        throw error;
      });
      await unlessAborted(remembered, signal, WHAT);
    },
    judge(of) {
      const { text, seconds } = of;
      const known = knownOf(of);
      if (known === undefined) return undefined;
      const usual = expectedSpeech(text).seconds * median(known);
      const isShort = seconds < usual * BAND.least - BAND.lessSeconds;
      if (isShort || seconds > usual * BAND.most + BAND.moreSeconds) {
        const what = isShort ? 'words are probably missing' : 'it probably says more than its text';
        return (
          `The speech has ${seconds.toFixed(1)} s where this voice takes about ${usual.toFixed(1)} s: ${what}. ` +
          'Split the sentence; if it sounds right, set PIPELINE_SPEECH_UNPROVEN=1.'
        );
      }
      return undefined;
    },
    learn(of) {
      const known = knownOf(of);
      known?.push(of.seconds / expectedSpeech(of.text).seconds);
      if (known !== undefined && known.length > MOST_TAKES) known.shift();
    },
    close: () => closing.abort(),
  };
}

function keyOf({ model, voiceId }: Pick<PacedText, 'model' | 'voiceId'>, script: Script): string {
  return JSON.stringify([model, voiceId, script]);
}

/** The script of a text; undefined where its length cannot be estimated well: other scripts, and mostly digits. */
function scriptOf(text: string): Script | undefined {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const digits = text.match(/\p{N}/gu)?.length ?? 0;
  if (letters < 3 * digits) return undefined;
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return 'kana';
  if (/\p{Script=Hangul}/u.test(text)) return 'hangul';
  if (/\p{Script=Han}/u.test(text)) return 'han';
  if (/\p{Script=Cyrillic}/u.test(text)) return 'cyrillic';
  return /\p{Script=Latin}/u.test(text) ? 'latin' : undefined;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1] ?? 1;
}
