import type { Model } from '../models/model.ts';

/** Measurements of a voice sample. */
export type MeasuredSample =
  | { readable: false; byteLength: number; reason: string }
  | {
      readable: true;
      /** Size of the file to send. */
      byteLength: number;
      container: string;
      codec: string;
      sampleRateHz: number;
      channels: number;
      /** At most 120 s are counted. */
      durationSeconds: number;
      /** Longest speech without a gap of half a second. */
      longestSpeechSeconds: number;
      /** Longest speech without a pause of more than two seconds. */
      longestPassageSeconds: number;
    };

/** One rule of the service and the sample's result, as text for a table. */
export interface SampleRule {
  /** Stable name. */
  rule: 'readable' | 'format' | 'size' | 'duration' | 'speech' | 'sampleRate';
  wanted: string;
  measured: string;
  pass: boolean;
  /** What to do when it does not pass. */
  advice: string;
}

/** What a model asks of a recording to clone from. */
export type SampleTerms = Pick<Model, 'id' | 'minSampleRateHz' | 'maxSampleSeconds' | 'minPassageSeconds'>;

/**
 * Checks a sample against all of the service's rules. Source: voice-replica page (2025-08) and voice-cloning guide (2026): WAV
 * 16-bit, MP3 or M4A; under 10 MB after base64; at most 60 s, 10–20 s best; least speech and minimum sample rate by model. The service also asks for mono, but the pipeline mixes stereo down, so that is not a rule here.
 */
export function judgeSample(
  sample: MeasuredSample,
  model: SampleTerms,
): { verdict: 'pass' | 'fail'; rules: SampleRule[] } {
  const rules = sample.readable
    ? [
        format(sample),
        size(sample.byteLength),
        duration(sample, model),
        speech(sample, model),
        sampleRate(sample, model),
      ]
    : [unreadable(sample.reason), size(sample.byteLength)];
  return { verdict: rules.every(({ pass }) => pass) ? 'pass' : 'fail', rules };
}

type Readable = Extract<MeasuredSample, { readable: true }>;

function unreadable(reason: string): SampleRule {
  return {
    rule: 'readable',
    wanted: 'a sound file',
    measured: reason,
    pass: false,
    advice: 'Export the recording as 16-bit mono WAV.',
  };
}

function format({ container, codec }: Readable): SampleRule {
  const isWav = container === 'wav' && codec === 'pcm_s16le';
  const isMp3 = container === 'mp3' && codec.startsWith('mp3');
  const isM4a = container.split(',').includes('m4a') && codec === 'aac';
  return {
    rule: 'format',
    wanted: 'WAV (16 bit), MP3 or M4A (AAC)',
    measured: `${container.split(',')[0]} with ${codec}`,
    pass: isWav || isMp3 || isM4a,
    advice: 'Export the recording as 16-bit mono WAV.',
  };
}

const MOST_BASE64_BYTES = 10_000_000;

function size(byteLength: number): SampleRule {
  const base64Bytes = 4 * Math.ceil(byteLength / 3);
  return {
    rule: 'size',
    wanted: 'under 10 MB after base64 (7.5 MB as a file)',
    measured: `${(byteLength / 1e6).toFixed(2)} MB, ${(base64Bytes / 1e6).toFixed(2)} MB after base64`,
    pass: base64Bytes < MOST_BASE64_BYTES,
    advice: 'Cut it to its best 10 to 20 seconds, or export it as mono.',
  };
}

const LEAST_SECONDS = 3;
const MOST_SECONDS = 60;

/** Longest sample for a model. */
export function mostSampleSeconds({ maxSampleSeconds }: Pick<Model, 'maxSampleSeconds'>): number {
  return maxSampleSeconds ?? MOST_SECONDS;
}

function duration({ durationSeconds }: Readable, model: SampleTerms): SampleRule {
  const least = model.minPassageSeconds ?? LEAST_SECONDS;
  const most = mostSampleSeconds(model);
  return {
    rule: 'duration',
    wanted: `${least} to ${most} s (10 to 20 s is best)`,
    measured: `${durationSeconds.toFixed(1)} s`,
    pass: durationSeconds >= least && durationSeconds <= most,
    advice: durationSeconds < least ? 'Record 10 to 20 seconds.' : 'Cut it to its best 10 to 20 seconds.',
  };
}

function speech({ longestSpeechSeconds, longestPassageSeconds }: Readable, model: SampleTerms): SampleRule {
  const { minPassageSeconds: passage } = model;
  const least = passage ?? LEAST_SECONDS;
  const seconds = passage === undefined ? longestSpeechSeconds : longestPassageSeconds;
  return {
    rule: 'speech',
    wanted: `${least} s of speech ${passage === undefined ? 'without a break' : 'with pauses of at most 2 s'}`,
    measured: `${seconds.toFixed(1)} s`,
    pass: seconds >= least,
    advice:
      seconds === 0
        ? 'It is silent: record it again, or export another track.'
        : 'Choose a passage without long pauses.',
  };
}

function sampleRate({ sampleRateHz }: Readable, model: Pick<Model, 'id' | 'minSampleRateHz'>): SampleRule {
  return {
    rule: 'sampleRate',
    wanted: `at least ${model.minSampleRateHz} Hz for ${model.id}`,
    measured: `${sampleRateHz} Hz`,
    pass: sampleRateHz >= model.minSampleRateHz,
    advice: 'Export it again from the original recording; resampling this file does not improve it.',
  };
}
