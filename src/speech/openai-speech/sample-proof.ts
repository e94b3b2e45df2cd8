/**
 * Proof that a server uses the sample, before the first line of a book.
 *
 * These servers drop fields that they do not know without a word: the answer is 200, and the voice another one. The proof is
 * the count of the sample's tokens, or that another sample changes the same text with the same seed.
 */
import { createHash } from 'node:crypto';
import { PipelineError } from '../../errors.ts';
import type { SpokenSample } from '../engine.ts';
import { unfit } from './failures.ts';
import { hostOf } from './http.ts';
import { madeUpVoice } from './made-up-voice.ts';
import type { SpeechCaller } from './speech-call.ts';
import { unlessAborted } from './unless-aborted.ts';

/** Keeps what was proven in this process. */
export interface SampleProof {
  /**
   * Resolves when the server is known to use samples for this model. The first call speaks a short text, once to three
   * times; a server that fails is not asked again. Rejects with `service-refused`, or like a call of speech.
   */
  ensure(of: {
    model: string;
    sample: SpokenSample;
    sampleRateHz: number;
    signal?: AbortSignal | undefined;
  }): Promise<void>;
  /** Ends a proof that is under way. */
  close(): void;
}

const WHAT = 'proving that the server uses the sample';
const TEXT = 'One, two, three.';
const SEED = 20_261;
/** About 20 s: a model that runs on must not hold up the book. */
const MAX_TOKENS = 256;
/** The server counts a sample only together with its words, so a sample without any gets some for the proof. */
const SOME_WORDS = 'These are the words of the sample.';

/** Makes a proof. Sends nothing. `acceptUnproven`: go on when nothing can be proven. */
export function createSampleProof(caller: SpeechCaller, { acceptUnproven = false } = {}): SampleProof {
  const known = new Map<string, Promise<void>>();
  const { server } = caller;
  const closing = new AbortController();

  async function hear(
    sample: SpokenSample,
    { model, sampleRateHz }: { model: string; sampleRateHz: number },
  ): Promise<{ digest: string; sampleTokens: number | undefined }> {
    const hash = createHash('sha256');
    const voice = { sample: { ...sample, transcript: sample.transcript ?? SOME_WORDS } };
    const order = { model, text: TEXT, languageType: 'English', seed: SEED, voice, maxTokens: MAX_TOKENS };
    const onAudio = (chunk: Buffer) => void hash.update(chunk);
    const { sampleTokens } = await caller.speak(order, { sampleRateHz, onAudio, signal: closing.signal });
    return { digest: hash.digest('hex'), sampleTokens };
  }

  async function prove(of: { model: string; sample: SpokenSample; sampleRateHz: number }): Promise<void> {
    const ours = await hear(of.sample, of);
    if (ours.sampleTokens !== undefined) {
      if (ours.sampleTokens > 0) return;
      throw ignored(`it counted no token of it`);
    }
    const other = { ...of.sample, bytes: madeUpVoice(), mediaType: 'audio/wav' };
    const theirs = await hear(other, of);
    if (theirs.digest === ours.digest) throw ignored('another sample gave exactly the same sound');
    const again = await hear(of.sample, of);
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
      const remembered = proof.catch((error: unknown) => {
        // A passing failure proves nothing.
        if (!(error instanceof PipelineError) || error.retry !== 'never') known.delete(of.model);
        throw error;
      });
      await unlessAborted(remembered, of.signal, WHAT);
    },
    close: () => closing.abort(),
  };
}

/** The failure of a take whose sample was not counted although it was before. */
export function sampleIgnored(caller: SpeechCaller): PipelineError {
  return unfit(
    `The server at ${hostOf(caller.server)} ignored the sample (ref_audio) of this text: it counted no token of it. The take was discarded.`,
  );
}
