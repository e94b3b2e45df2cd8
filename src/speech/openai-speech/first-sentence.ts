/** Sentences of ours that a server speaks before the first line of a book. */
import { createHash } from 'node:crypto';
import type { SpeechOrder } from './request-body.ts';
import type { SpeechCaller } from './speech-call.ts';

/** What was heard. */
export interface HeardSentence {
  /** SHA-256 of the PCM, in hex. */
  digest: string;
  byteLength: number;
  /** Tokens of the sample that the server counted; undefined when it counts none. */
  sampleTokens: number | undefined;
}

/** A sentence that a voice speaks once, whoever asks first. */
export interface FirstSentence extends Pick<SpeechOrder, 'text' | 'languageType' | 'seed' | 'maxTokens'> {
  /** The first call speaks it. Rejects like a call of speech. */
  heard(): Promise<HeardSentence>;
}

/** About 20 s: a model that runs on must not hold up the book. */
export const MAX_SENTENCE_TOKENS = 256;

/** Has a sentence spoken and keeps no sound. Rejects like a call of speech. */
export async function hearSentence(
  caller: SpeechCaller,
  order: Omit<SpeechOrder, 'words'>,
  { sampleRateHz, signal }: { sampleRateHz: number; signal: AbortSignal },
): Promise<HeardSentence> {
  const hash = createHash('sha256');
  const onAudio = (chunk: Buffer) => void hash.update(chunk);
  const { byteLength, sampleTokens } = await caller.speak(order, { sampleRateHz, onAudio, signal });
  return { digest: hash.digest('hex'), byteLength, sampleTokens };
}
