/** Converts a voice sample to what the service accepts, if that is harmless, and reports the changes. */
import { judgeSample, type MeasuredSample, mostSampleSeconds, type SampleTerms } from '../../qc/sample.ts';
import { decodeToPcm } from '../ffmpeg/decode.ts';
import { createMeter } from '../measure/meter.ts';
import { BYTES_PER_SAMPLE, samplesOf, wavHeader } from '../pcm.ts';
import { bestWindow } from './best-window.ts';
import { inspectSample, type SampleRequest } from './sample.ts';

/** A sample ready to send. */
export interface PreparedSample {
  bytes: Uint8Array;
  mediaType: string;
  /** Measurements of `bytes`; `judgeSample` decides whether the service accepts them. */
  sample: MeasuredSample;
  /** Measurements of the original recording. */
  original: MeasuredSample;
  /** The changes, as readable clauses: `mixed down from 2 channels`. Empty when unchanged. */
  changes: string[];
  /** Only a part is sent, so a transcript of the complete recording does not match. */
  cut: boolean;
}

/**
 * Repairs channels, sample rate, format, size and excess length; `judgeSample` refuses everything else (too short, no speech,
 * telephone quality). A sample that needs no repair is returned unchanged. Deterministic for the same ffmpeg. Errors: those of
 * `inspectSample`.
 *
 * @param original the measurements of the recording, when they are known; default: it is decoded
 */
export async function prepareSample(
  request: SampleRequest & { mediaType: string; model: SampleTerms; original?: MeasuredSample },
): Promise<PreparedSample> {
  const { bytes, mediaType, model } = request;
  const original = request.original ?? (await inspectSample(request));
  const unchanged = { bytes, mediaType, sample: original, original, changes: [], cut: false };
  if (!original.readable) return unchanged;
  const wanted = repairsFor(original, model);
  if (wanted === undefined) return unchanged;
  const made = await remake(request, wanted);
  const sample = await inspectSample({ ...request, bytes: made.wav });
  const changes = [...wanted.changes, ...made.changes];
  return { bytes: made.wav, mediaType: 'audio/wav', sample, original, changes, cut: wanted.cut };
}

/** Upsampling adds no quality, but a good recording at 16 kHz need not be refused; one from a telephone must be. */
const LEAST_RATE_TO_RAISE_HZ = 16_000;
/** Higher rates add nothing audible. */
const MOST_RATE_HZ = 48_000;
/** How much of a long recording is searched for its best part. */
const MOST_SEARCHED_SECONDS = 600;

interface Repairs {
  sampleRateHz: number;
  cut: boolean;
  changes: string[];
}

type Readable = Extract<MeasuredSample, { readable: true }>;

/** The required repairs; undefined when there are none or they would not help. */
function repairsFor(sample: Readable, model: SampleTerms): Repairs | undefined {
  const failed = new Set(judgeSample(sample, model).rules.flatMap(({ rule, pass }) => (pass ? [] : [rule])));
  const isTooLong = sample.durationSeconds > mostSampleSeconds(model);
  if (failed.has('duration') && !isTooLong) return undefined;
  if (failed.has('sampleRate') && sample.sampleRateHz < LEAST_RATE_TO_RAISE_HZ) return undefined;
  const sampleRateHz = Math.min(Math.max(sample.sampleRateHz, model.minSampleRateHz), MOST_RATE_HZ);
  const changes: string[] = [];
  if (sample.channels > 1) changes.push(`mixed down from ${sample.channels} channels`);
  if (failed.has('sampleRate')) changes.push(`its rate raised from ${sample.sampleRateHz} to ${sampleRateHz} Hz`);
  if (failed.has('format')) changes.push(`changed from ${formatName(sample)} to WAV`);
  if (failed.has('size')) changes.push(`made smaller than the service's 10 MB`);
  return changes.length > 0 || isTooLong ? { sampleRateHz, cut: isTooLong, changes } : undefined;
}

function formatName({ container, codec }: Readable): string {
  const name = container.split(',')[0];
  return name === 'wav' ? `WAV with ${codec}` : `${name?.toUpperCase()}`;
}

async function remake(
  request: SampleRequest & { model: SampleTerms },
  { sampleRateHz, cut }: Repairs,
): Promise<{ wav: Buffer; changes: string[] }> {
  const { ffmpeg, bytes, name = 'the sample', signal, model } = request;
  const maxSeconds = cut ? MOST_SEARCHED_SECONDS : mostSampleSeconds(model);
  const { pcm, format } = await decodeToPcm({
    ffmpeg,
    input: bytes,
    name,
    channels: 1,
    sampleRateHz,
    maxSeconds,
    signal,
  });
  if (!cut) return { wav: wavOf(pcm, format.sampleRateHz), changes: [] };
  const meter = createMeter(format.sampleRateHz);
  meter.push(pcm);
  const { startSeconds, endSeconds } = bestWindow(meter.finish().power);
  const part = pcm.subarray(
    samplesOf(startSeconds, format.sampleRateHz) * BYTES_PER_SAMPLE,
    samplesOf(endSeconds, format.sampleRateHz) * BYTES_PER_SAMPLE,
  );
  const change = `cut to its best ${(endSeconds - startSeconds).toFixed(0)} s (from ${startSeconds.toFixed(1)} to ${endSeconds.toFixed(1)} s)`;
  return { wav: wavOf(fadeEnds(part, format.sampleRateHz), format.sampleRateHz), changes: [change] };
}

const FADE_SECONDS = 0.01;

/** A cut in the middle of a sound would click. Changes the samples in place. */
function fadeEnds(pcm: Buffer, sampleRateHz: number): Buffer {
  const samples = pcm.length / BYTES_PER_SAMPLE;
  const fade = Math.min(samplesOf(FADE_SECONDS, sampleRateHz), Math.floor(samples / 2));
  for (let i = 0; i < fade; i++) {
    const gain = i / fade;
    for (const at of [i, samples - 1 - i]) {
      const byte = at * BYTES_PER_SAMPLE;
      pcm.writeInt16LE(Math.round(pcm.readInt16LE(byte) * gain), byte);
    }
  }
  return pcm;
}

function wavOf(pcm: Buffer, sampleRateHz: number): Buffer {
  return Buffer.concat([wavHeader({ sampleRateHz, dataBytes: pcm.length }), pcm]);
}
