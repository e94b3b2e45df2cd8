/**
 * Proof that a server uses the sample, before the first line of a book.
 *
 * These servers drop fields that they do not know without a word: the answer is 200, and the voice another one. The proof is
 * the count of the sample's tokens, or that another sample changes the same text with the same seed.
 */
import { PipelineError } from '../../errors.ts';
import type { SpokenSample } from '../engine.ts';
import { unfit } from './failures.ts';
import { type FirstSentence, type HeardSentence, hearSentence, MAX_SENTENCE_TOKENS } from './first-sentence.ts';
import { hostOf } from './http.ts';
import { madeUpVoice } from './made-up-voice.ts';
import type { SpeechCaller } from './speech-call.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What is proven, and with what. */
interface Proved {
  model: string;
  sample: SpokenSample;
  sampleRateHz: number;
  /** What the voice of this sample speaks first in any case. It is the proof, too, so that the server speaks once. */
  first?: FirstSentence | undefined;
}

/** Keeps what was proven in this process. */
export interface SampleProof {
  /**
   * Resolves when the server is known to use samples for this model. The first call speaks a short text, once to three
   * times; a server that fails is not asked again. Rejects with `service-refused`, or like a call of speech.
   */
  ensure(of: Proved & { signal?: AbortSignal | undefined }): Promise<void>;
  /** Whether another call of `ensure` is proving it for this model, so that a new one would only wait. */
  isUnderWay(model: string): boolean;
  /** Ends a proof that is under way. */
  close(): void;
}

const WHAT = 'proving that the server uses the sample';
const OURS = { text: 'One, two, three.', languageType: 'English', seed: 20_261, maxTokens: MAX_SENTENCE_TOKENS };
/** The server counts a sample only together with its words, so a sample without any gets some for the proof. */
const SOME_WORDS = 'These are the words of the sample.';

/** Makes a proof. Sends nothing. `acceptUnproven`: go on when nothing can be proven. */
export function createSampleProof(caller: SpeechCaller, { acceptUnproven = false } = {}): SampleProof {
  const known = new Map<string, Promise<void>>();
  const underWay = new Set<string>();
  const { server } = caller;
  const closing = new AbortController();

  async function prove({ model, sample, sampleRateHz, first }: Proved): Promise<void> {
    // Without a transcript nothing would be counted, so what the voice speaks first proves less.
    const sentence = sample.transcript === undefined ? undefined : first;
    const { text, languageType, seed, maxTokens } = sentence ?? OURS;
    const hear = (other: SpokenSample): Promise<HeardSentence> => {
      const voice = { sample: { ...other, transcript: sample.transcript ?? SOME_WORDS } };
      const order = { model, text, languageType, seed, maxTokens, voice };
      return hearSentence(caller, order, { sampleRateHz, signal: closing.signal });
    };
    const ours = await (sentence?.heard() ?? hear(sample));
    if (ours.sampleTokens !== undefined) {
      if (ours.sampleTokens > 0) return;
      throw ignored(`it counted no token of it`);
    }
    const theirs = await hear({ ...sample, bytes: madeUpVoice(), mediaType: 'audio/wav' });
    if (theirs.digest === ours.digest) throw ignored('another sample gave exactly the same sound');
    const again = await hear(sample);
    if (again.digest === ours.digest || acceptUnproven) return;
    throw unfit(
      `Nothing proves that the server at ${hostOf(server)} uses the sample: it counts no tokens, and the same request sounds different each time. ` +
        'Listen to a few lines; if the voice is right, set PIPELINE_SPEECH_UNPROVEN=1.',
    );
  }

  function ignored(why: string): PipelineError {
    return unfit(
      `The server at ${hostOf(server)} ignores the sample (ref_audio): ${why}. The book would get another voice, so none of it was spoken. ` +
        'Use vLLM-Omni with a Base checkpoint of Qwen3-TTS, or name a voice of the server with "voice:".',
    );
  }

  return {
    async ensure(of) {
      const before = known.get(of.model);
      if (before !== undefined) return unlessAborted(before, of.signal, WHAT);
      const proof = prove(of);
      known.set(of.model, proof);
      underWay.add(of.model);
      const remembered = proof
        .finally(() => underWay.delete(of.model))
        .catch((error: unknown) => {
          // A passing failure proves nothing.
          if (!(error instanceof PipelineError) || error.retry !== 'never') known.delete(of.model);
          throw error;
        });
      await unlessAborted(remembered, of.signal, WHAT);
    },
    isUnderWay: (model) => underWay.has(model),
    close: () => closing.abort(),
  };
}

/** The failure of a take whose sample was not counted although it was before. */
export function sampleIgnored(caller: SpeechCaller): PipelineError {
  return unfit(
    `The server at ${hostOf(caller.server)} ignored the sample (ref_audio) of this text: it counted no token of it. The take was discarded.`,
  );
}
