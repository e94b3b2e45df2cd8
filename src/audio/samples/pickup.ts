/** Converts the author's own recording of a line to a take. */
import type { MeasuredTake } from '../../qc/measured-take.ts';
import { type DecodeRequest, decodeAudio, decodeToPcm } from '../ffmpeg/decode.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { channelSamples } from '../measure/channel-samples.ts';
import { type ClipCounter, createRecordedClipCounter } from '../measure/clipping.ts';
import { integratedLoudness } from '../measure/loudness.ts';
import type { TakeMeasures } from '../measure/measures.ts';
import { createMeter } from '../measure/meter.ts';
import { createTakeMeter } from '../measure/take-meter.ts';
import { createSampleReader, gainFromDb } from '../pcm.ts';

/** A recording as a take: s16le mono at the book's rate. */
export interface ConvertedPickup {
  pcm: Buffer;
  measures: TakeMeasures;
  measured: MeasuredTake;
  /** The recording is longer than `MOST_PICKUP_SECONDS`; `pcm` is truncated there. */
  tooLong: boolean;
}

/** Longest recording of a line. */
export const MOST_PICKUP_SECONDS = 600;
/** About the level of the service's speech; mastering then levels it with its chapter (jobs/master.ts). */
const LOUDNESS_LUFS = -23;
/** Limit of the peak after the gain. */
const HIGHEST_PEAK = 0.9;
/** More would only raise the noise of a bad recording. */
const MOST_GAIN_DB = 30;

/**
 * Decodes, mixes down, resamples and levels a recording. Equal input gives equal bytes with the same ffmpeg. Errors: those
 * of `decodeToPcm`; `ffmpeg-failed` (never retried) when it is no sound.
 */
export async function convertPickup(request: {
  ffmpeg: Ffmpeg;
  bytes: Uint8Array;
  /** What it is, for messages. */
  name: string;
  sampleRateHz: number;
  signal?: AbortSignal;
}): Promise<ConvertedPickup> {
  const { ffmpeg, bytes, name, sampleRateHz, signal } = request;
  const wanted = { ffmpeg, input: bytes, name, sampleRateHz, channels: 1, maxSeconds: MOST_PICKUP_SECONDS + 1 };
  const { pcm } = await decodeToPcm({ ...wanted, ...(signal && { signal }) });
  const most = MOST_PICKUP_SECONDS * sampleRateHz * 2;
  const whole = pcm.subarray(0, Math.min(most, pcm.length - (pcm.length % 2)));
  applyGain(whole, gainFor(whole, sampleRateHz));
  const meter = createTakeMeter(sampleRateHz);
  meter.push(whole);
  const { measures, measured } = meter.finish();
  const clippedPeaks = await clippedPeaksIn({ ffmpeg, input: bytes, name, maxSeconds: MOST_PICKUP_SECONDS, signal });
  return { pcm: whole, measures, measured: { ...measured, clippedPeaks }, tooLong: pcm.length > most };
}

/**
 * Counted as it was recorded: resampling and mixing down bend flat tops, and after the gain a recording that is clipped all
 * over has the level of a quiet one. Tops that were bent before count as well. The most of all channels.
 */
async function clippedPeaksIn(request: Omit<DecodeRequest, 'signal'> & { signal: AbortSignal | undefined }) {
  const { signal, ...rest } = request;
  const reader = createSampleReader();
  let counters: ClipCounter[] = [];
  let samplesRead = 0;
  await decodeAudio({ ...rest, ...(signal && { signal }) }, (chunk, { channels, sampleRateHz }) => {
    if (counters.length === 0)
      counters = Array.from({ length: channels }, () => createRecordedClipCounter(sampleRateHz));
    const samples = reader.read(chunk);
    counters.forEach((counter, c) => {
      const first = (c - (samplesRead % channels) + channels) % channels;
      counter.push(channels === 1 ? samples : channelSamples(samples, first, channels));
    });
    samplesRead += samples.length;
  });
  return Math.max(0, ...counters.map((counter) => counter.clipped()));
}

function gainFor(pcm: Buffer, sampleRateHz: number): number {
  const meter = createMeter(sampleRateHz);
  meter.push(pcm);
  const { loudness, peak } = meter.finish();
  const lufs = integratedLoudness(loudness);
  if (!Number.isFinite(lufs)) return 1;
  const highest = peak.reduce((most, value) => Math.max(most, value), 0);
  return Math.min(gainFromDb(Math.min(MOST_GAIN_DB, LOUDNESS_LUFS - lufs)), HIGHEST_PEAK / highest);
}

/** In place. */
function applyGain(pcm: Buffer, gain: number): void {
  for (let at = 0; at < pcm.length; at += 2) pcm.writeInt16LE(Math.round(pcm.readInt16LE(at) * gain), at);
}
