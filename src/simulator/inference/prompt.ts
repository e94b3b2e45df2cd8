/**
 * Judges a recording for `voice-enrollment`, and derives the voice. Sources: voice-cloning user guide, error-code page.
 */

import { LEAST_PROMPT_RATE_HZ, PROMPT_SECONDS } from '../../speech/dashscope-inference/protocol.ts';
import { audioInDataUri } from '../data-uri.ts';
import { estimatePitchHz } from '../pitch.ts';
import { invalidParameter, Refusal } from '../refusal.ts';
import { type DecodeSample, decodeSample, longestSpeechSeconds } from '../sample.ts';
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';
import type { InferenceSettings } from './settings.ts';

/** Least speech without a long pause, and most length. */
const LEAST_SPEECH_SECONDS = 5;
const MOST_SECONDS = 60;
const MOST_BYTES = 10 * 1024 * 1024;

/** The bytes of `url`. Throws a Refusal unless it is a data URI of audio: the simulator downloads nothing. */
export function readPromptUrl(url: unknown, { dataUri }: Pick<InferenceSettings, 'dataUri'>): Buffer {
  if (typeof url !== 'string' || url === '') throw invalidParameter("Missing required parameter 'url'!");
  if (/^oss:\/\//i.test(url)) throw invalidParameter('The simulator has no temporary store: send a data URI.');
  if (/^https?:\/\//i.test(url)) {
    throw new Refusal(400, 'BadRequest.InputDownloadFailed', 'Failed to download the input file.');
  }
  const base64 = audioInDataUri(url);
  if (!dataUri || base64 === undefined) throw invalidParameter('url error, please check url');
  return Buffer.from(base64, 'base64');
}

/**
 * The voice of a recording, of whose beginning only `promptSeconds` count. Throws a Refusal, in the form that the
 * settings ask for, when it breaks a rule. Without a decoder MP3 and M4A pass unchecked.
 */
export async function judgePrompt(options: {
  bytes: Buffer;
  promptSeconds: number;
  decode: DecodeSample | undefined;
  badSample: InferenceSettings['badSample'];
  signal: AbortSignal;
}): Promise<VoiceTraits> {
  const { bytes, promptSeconds, decode, badSample, signal } = options;
  const refuse = (code: string, message: string) =>
    badSample === '430' ? new Refusal(430, code, message) : preprocessError();
  if (bytes.length > MOST_BYTES) throw refuse('Audio.FileSizeExceed', 'File too large');
  const sample = await decodeSample(bytes, decode, signal).catch((error: unknown) => {
    throw error instanceof Refusal ? refuse('Audio.DecoderError', 'Decoder audio file failed.') : error;
  });
  if (!sample) return voiceTraits(bytes, undefined);
  if (sample.pcm.length === 0) throw refuse('Audio.DecoderError', 'Decoder audio file failed.');
  if (sample.sourceSampleRateHz < LEAST_PROMPT_RATE_HZ) {
    throw refuse('Audio.AudioRateError', 'File sample rate unsupported');
  }
  // The documents name no code of its own for a recording that is too long.
  if (sample.durationSeconds > MOST_SECONDS) throw preprocessError();
  if (longestSpeechSeconds(sample) < LEAST_SPEECH_SECONDS) {
    throw refuse('Audio.AudioSilentError', 'Silent file unsupported.');
  }
  const used = sample.pcm.slice(0, Math.round(promptSeconds * sample.sampleRateHz));
  return voiceTraits(
    new Uint8Array(used.buffer, used.byteOffset, used.byteLength),
    estimatePitchHz(used, sample.sampleRateHz),
  );
}

/** `max_prompt_audio_length` in seconds. Throws a Refusal when it is out of range. */
export function promptSecondsOf(value: unknown): number {
  const seconds = value ?? PROMPT_SECONDS.preset;
  if (typeof seconds === 'number' && seconds >= PROMPT_SECONDS.least && seconds <= PROMPT_SECONDS.most) return seconds;
  throw invalidParameter(
    `max_prompt_audio_length must be a number in [${PROMPT_SECONDS.least}, ${PROMPT_SECONDS.most}].`,
  );
}

function preprocessError(): Refusal {
  return new Refusal(500, 'InternalError', 'audio preprocess server error');
}
