/** Judges a recording to clone from by the service's rules, and derives the traits of the voice. */

import { systemCode } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { isBase64 } from './data-uri.ts';
import { estimatePitchHz } from './pitch.ts';
import { invalidParameter, Refusal } from './refusal.ts';
import { type VoiceTraits, voiceTraits } from './voice-traits.ts';
import { type DecodedSample, decodeWav } from './wav.ts';

/** Decodes a sample of any format. Rejects when the bytes cannot be decoded. */
export type DecodeSample = (bytes: Uint8Array, signal?: AbortSignal) => Promise<DecodedSample>;

/** Least and most length of a sample. Sources: voice-replica page, 2025-08 (≥ 3 s of speech, at most 60 s). */
const LEAST_SPEECH_SECONDS = 3;
const MOST_SECONDS = 60;
/** Size limit, after base64. Source: voice-replica page, 2025-08. */
const MOST_DATA_CHARACTERS = 10 * 1024 * 1024;

/**
 * The bytes of `audio.data`. Throws a Refusal when it is not a data URI of audio, is too large or cannot be downloaded.
 */
export function readAudioData(data: unknown): Uint8Array {
  if (typeof data !== 'string' || data === '') throw emptyInput();
  if (/^https?:\/\//i.test(data)) {
    // The simulator makes no network requests, so every URL is unreachable.
    throw new Refusal(400, 'BadRequest.InputDownloadFailed', 'Failed to download the input file.');
  }
  if (data.length >= MOST_DATA_CHARACTERS) throw invalidParameter('audio.data must be smaller than 10 MB.');
  const comma = data.indexOf(',');
  if (comma < 0 || !/^data:audio\/[\w.+-]+(;[\w=.+-]+)*;base64$/i.test(data.slice(0, comma))) {
    throw invalidParameter('audio.data must be a URL or a base64 data URI of audio.');
  }
  // WAV, MP3 and M4A are documented.
  if (/^data:audio\/(ogg|opus|webm|flac|x-flac)\b/i.test(data)) throw decoderError();
  const base64 = data.slice(comma + 1);
  if (!isBase64(base64)) {
    throw invalidParameter('audio.data is not valid base64.');
  }
  return Buffer.from(base64, 'base64');
}

/** 400 for a missing parameter. */
export function emptyInput(): Refusal {
  return new Refusal(400, 'BadRequest.EmptyInput', 'Required input parameter missing from request.');
}

/**
 * Traits of the voice in a sample. Throws a Refusal with the service's code when the sample breaks a rule. Without a
 * decoder MP3 and M4A pass unchecked, and their voice is derived from a hash of the bytes.
 */
export async function judgeSample(options: {
  bytes: Uint8Array;
  model: Model;
  /** The claimed words of the sample. */
  transcript: string | undefined;
  decode: DecodeSample | undefined;
  signal: AbortSignal;
}): Promise<VoiceTraits> {
  const { bytes, model, transcript, decode, signal } = options;
  const sample = await decodeSample(bytes, decode, signal);
  if (!sample) return voiceTraits(bytes, undefined);
  // Of WAV, only 16 bits are documented (voice-replica page, 2025-08).
  if (sample.pcm.length === 0 || (isWav(bytes) && sample.bits !== 16)) throw decoderError();
  if (sample.sourceSampleRateHz < model.minSampleRateHz) {
    throw new Refusal(400, 'Audio.AudioRateError', 'File sample rate unsupported.');
  }
  if (sample.durationSeconds > MOST_SECONDS) {
    throw new Refusal(400, 'Audio.DurationLimitError', 'Audio duration exceeds maximum allowed limit.');
  }
  // "Mono" is documented; the code for a stereo file is a guess.
  if (sample.channels !== 1) throw new Refusal(400, 'Audio.PreprocessError', 'Audio preprocess error.');
  const speechSeconds = longestSpeechSeconds(sample);
  if (speechSeconds < LEAST_SPEECH_SECONDS) {
    throw new Refusal(400, 'Audio.PreprocessError', 'No segments meet minimum duration requirement');
  }
  if (transcript !== undefined && !isPlausible(transcript, sample.durationSeconds)) {
    throw new Refusal(400, 'Audio.PreprocessError', 'Audio preprocess error.');
  }
  return voiceTraits(bytes, estimatePitchHz(sample.pcm, sample.sampleRateHz));
}

/**
 * Decodes a sample; undefined for MP3 and M4A without a decoder. Throws a Refusal when the bytes are no audio.
 */
export async function decodeSample(
  bytes: Uint8Array,
  decode: DecodeSample | undefined,
  signal: AbortSignal,
): Promise<DecodedSample | undefined> {
  return decodeWav(bytes) ?? (await decodeOther(bytes, decode, signal));
}

async function decodeOther(bytes: Uint8Array, decode: DecodeSample | undefined, signal: AbortSignal) {
  if (!isCompressed(bytes)) throw decoderError();
  if (!decode) return undefined;
  try {
    return await decode(bytes, signal);
  } catch (error) {
    // A missing ffmpeg is not the sample's fault.
    if (systemCode(error) === 'ffmpeg-missing') return undefined;
    throw decoderError();
  }
}

function isWav(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'RIFF';
}

/** MP3 (with or without ID3) or an MP4 container, the formats that the service accepts in addition to WAV. */
function isCompressed(bytes: Uint8Array): boolean {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  const mp3Frame = bytes[0] === 0xff && (bytes[1] ?? 0) >= 0xe0;
  return head.startsWith('ID3') || head.slice(4, 8) === 'ftyp' || mp3Frame;
}

function decoderError(): Refusal {
  return new Refusal(400, 'Audio.DecoderError', 'Decoder audio file failed.');
}

/**
 * Seconds of the longest stretch of speech, including breaths and pauses up to a second. How the service measures its
 * "3 s of continuous speech" is unknown; this detects silence, clicks and a single short word.
 */
export function longestSpeechSeconds({ pcm, sampleRateHz }: DecodedSample): number {
  const BRIDGED_SECONDS = 1;
  const frame = Math.max(1, Math.round(sampleRateHz * 0.02));
  const levels = frameLevels(pcm, frame);
  // Speech is louder than −50 dBFS and within 35 dB of the loudest frame.
  const threshold = Math.max(32_768 * 10 ** (-50 / 20), Math.max(...levels, 0) * 10 ** (-35 / 20));
  let longest = 0;
  let start = -1;
  let lastLoud = -1;
  for (const [index, level] of levels.entries()) {
    if (level < threshold) continue;
    if (start < 0 || ((index - lastLoud) * frame) / sampleRateHz > BRIDGED_SECONDS) start = index;
    lastLoud = index;
    longest = Math.max(longest, index - start + 1);
  }
  return (longest * frame) / sampleRateHz;
}

function frameLevels(pcm: Int16Array, frame: number): number[] {
  const levels: number[] = [];
  for (let start = 0; start + frame <= pcm.length; start += frame) {
    let sum = 0;
    for (let i = start; i < start + frame; i++) sum += pcm[i]! * pcm[i]!;
    levels.push(Math.sqrt(sum / frame));
  }
  return levels;
}

/** Whether a transcript fits the duration: nobody reads less than 1 or more than 40 characters a second. */
function isPlausible(transcript: string, seconds: number): boolean {
  const perSecond = [...transcript].length / seconds;
  return perSecond >= 1 && perSecond <= 40;
}
