/** Turns a sample of a request into the traits of a voice, by vLLM-Omni's rules. */

import { REF_AUDIO_SECONDS } from '../../speech/openai-speech/protocol.ts';
import { audioInDataUri } from '../data-uri.ts';
import { estimatePitchHz } from '../pitch.ts';
import type { DecodeSample } from '../sample.ts';
import { type VoiceTraits, voiceTraits } from '../voice-traits.ts';
import { decodeWav } from '../wav.ts';
import { badField } from './refusal.ts';

/** A voice in a sample, and the length of the sample; undefined when it was not decoded. */
export interface SampleVoice {
  traits: VoiceTraits;
  seconds: number | undefined;
}

/** Samples that a server has heard, by their text in the request: a book sends the same few with each of its texts. */
export type HeardSamples = Map<string, SampleVoice>;

/** Most samples that are kept; each has about a megabyte. */
const MOST_HEARD = 16;

/** The voice in `ref_audio`. Throws a SpeechRefusal like `refAudioBytes` and `sampleVoice`. */
export async function voiceInRefAudio(
  value: unknown,
  { heard, ...of }: { heard: HeardSamples; decode: DecodeSample | undefined; signal: AbortSignal },
): Promise<SampleVoice> {
  const known = typeof value === 'string' ? heard.get(value) : undefined;
  if (known !== undefined) return known;
  const voice = await sampleVoice(refAudioBytes(value), of);
  if (typeof value !== 'string') return voice;
  const [oldest] = heard.keys();
  if (oldest !== undefined && heard.size >= MOST_HEARD) heard.delete(oldest);
  heard.set(value, voice);
  return voice;
}

/** The bytes of `ref_audio`. Throws a SpeechRefusal unless it is a data URI of audio. */
function refAudioBytes(value: unknown): Uint8Array {
  // A list is documented, too; a voice is cloned from its first entry.
  const uri: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof uri !== 'string') throw badField(FIELD, 'ref_audio must be a URL or a data URI.');
  // The simulator makes no network requests, so every URL is unreachable.
  if (/^https?:\/\//i.test(uri)) throw badField(FIELD, 'Failed to download ref_audio.');
  if (/^file:/i.test(uri)) throw badField(FIELD, 'Cannot load local files without `--allowed-local-media-path`.');
  const base64 = audioInDataUri(uri);
  if (base64 === undefined) throw badField(FIELD, 'ref_audio must be a URL or a data URI.');
  return Buffer.from(base64, 'base64');
}

/** The voice in a sample of 1 to 30 s. Throws a SpeechRefusal when it is no audio, or too short or long. */
export async function sampleVoice(
  bytes: Uint8Array,
  { decode, signal, field = FIELD }: { decode: DecodeSample | undefined; signal: AbortSignal; field?: string },
): Promise<SampleVoice> {
  const sample = decodeWav(bytes) ?? (await decoded(bytes, decode, signal));
  if (sample === 'unread') return { traits: voiceTraits(bytes, undefined), seconds: undefined };
  if (sample === undefined) throw badField(field, `Could not decode ${field}.`);
  const { durationSeconds: seconds } = sample;
  const { least, most } = REF_AUDIO_SECONDS;
  if (seconds < least) throw badField(field, `Audio too short (${seconds.toFixed(1)}s). Minimum is ${least}s.`);
  if (seconds > most) throw badField(field, `Audio too long (${seconds.toFixed(1)}s). Maximum is ${most}s.`);
  return { traits: voiceTraits(bytes, estimatePitchHz(sample.pcm, sample.sampleRateHz)), seconds };
}

const FIELD = 'ref_audio';

/** MP3, FLAC, Ogg, AAC, WebM and MP4 by their first bytes; without a decoder they pass unchecked. */
async function decoded(bytes: Uint8Array, decode: DecodeSample | undefined, signal: AbortSignal) {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const isCompressed = /^(ID3|fLaC|OggS|\x1aE\xdf\xa3|\xff[\xe0-\xff]|....ftyp)/s.test(head);
  if (!isCompressed) return undefined;
  if (decode === undefined) return 'unread';
  return decode(bytes, signal).catch(() => undefined);
}
