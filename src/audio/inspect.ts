import type { MeasuredFile } from '../qc/verdict.ts';
import { decodeAudio } from './decode.ts';
import type { Ffmpeg } from './ffmpeg-binary.ts';
import { BLOCKS_PER_SECOND, integratedLoudness } from './loudness.ts';
import { soundBlocks, type TakeMeasures } from './measures.ts';
import { createMeter, type Meter } from './meter.ts';
import { createSampleReader, dbFromGain, dbFromPower } from './pcm.ts';
import { createPeakMeter } from './true-peak.ts';

/**
 * Decodes a finished file once and measures what shops check, with nothing held but 12 bytes for each 10 ms of a channel.
 * Works on any file that `decodeAudio` reads, ours or not. Levels over several channels: RMS is their mean power,
 * loudness their sum (BS.1770), peaks the highest. Errors: those of `decodeAudio`.
 */
export async function inspectFile(request: {
  ffmpeg: Ffmpeg;
  path: string;
  signal?: AbortSignal;
}): Promise<MeasuredFile> {
  const { ffmpeg, path, signal } = request;
  const reader = createSampleReader();
  let channels: Channel[] = [];
  let sampleRateHz = 0;
  const facts = await decodeAudio({ ffmpeg, input: path, name: path, signal }, (chunk, format) => {
    if (channels.length === 0)
      channels = Array.from({ length: format.channels }, () => openChannel(format.sampleRateHz));
    sampleRateHz = format.sampleRateHz;
    distribute(reader.read(chunk), channels);
  });
  const measured = channels.map(({ meter, peaks }) => ({ measures: meter.finish(), ...peaks.finish() }));
  const all = measured.map(({ measures }) => measures);
  const power = meanPower(all);
  const samples = all[0]?.samples ?? 0;
  return {
    ...facts,
    durationSeconds: sampleRateHz === 0 ? 0 : samples / sampleRateHz,
    rmsDbfs: rms(all),
    loudnessLufs: integratedLoudness(sum(all.map(({ loudness }) => loudness))),
    samplePeakDbfs: dbFromGain(Math.max(0, ...measured.map(({ samplePeak }) => samplePeak))),
    truePeakDbtp: dbFromGain(Math.max(0, ...measured.map(({ truePeak }) => truePeak))),
    noiseFloorDbfs: noiseFloor(power, samples, all[0]?.blockSamples ?? 1),
    ...outerSilence(power, samples / (sampleRateHz || 1)),
  };
}

interface Channel {
  meter: Meter;
  peaks: ReturnType<typeof createPeakMeter>;
}

function openChannel(sampleRateHz: number): Channel {
  return { meter: createMeter(sampleRateHz), peaks: createPeakMeter() };
}

// Samples of a frame may come in two chunks, so the place in the frame is remembered by pushing each channel's own.
function distribute(samples: Int16Array, channels: Channel[]): void {
  const count = channels.length;
  for (let c = 0; c < count; c++) {
    const own = count === 1 ? samples : every(samples, c, count);
    channels[c]!.meter.pushSamples(own);
    channels[c]!.peaks.push(own);
  }
}

function every(samples: Int16Array, first: number, step: number): Int16Array {
  const picked = new Int16Array(Math.ceil((samples.length - first) / step));
  for (let i = 0; i < picked.length; i++) picked[i] = samples[first + i * step]!;
  return picked;
}

function sum(blocks: Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = blocks;
  return others.length === 0 ? first : first.map((value, i) => others.reduce((all, own) => all + (own[i] ?? 0), value));
}

function meanPower(measures: TakeMeasures[]): Float32Array {
  return sum(measures.map(({ power }) => power)).map((value) => value / measures.length);
}

function rms(measures: TakeMeasures[]): number {
  let total = 0;
  let samples = 0;
  for (const { power, blockSamples, samples: own } of measures) {
    for (const value of power) total += value * blockSamples;
    samples += own;
  }
  return samples === 0 ? -Infinity : dbFromPower(total / samples);
}

const NOISE_WINDOW_BLOCKS = BLOCKS_PER_SECOND / 2;

/** RMS of the quietest 500 ms, as Audacity's "ACX Check" defines it; of whole blocks only. */
function noiseFloor(power: Float32Array, samples: number, blockSamples: number): number {
  const blocks = Math.floor(samples / blockSamples);
  const width = Math.min(NOISE_WINDOW_BLOCKS, blocks);
  if (width === 0) return -Infinity;
  let total = 0;
  let least = Infinity;
  for (let i = 0; i < blocks; i++) {
    total += power[i]!;
    if (i >= width) total -= power[i - width]!;
    if (i >= width - 1 && total < least) least = total;
  }
  // What rounding leaves of a sum that went up and down again is far below one bit.
  return dbFromPower(least / width < 1e-14 ? 0 : least / width);
}

function outerSilence(power: Float32Array, durationSeconds: number) {
  const sound = soundBlocks(power);
  if (sound === null) return { headSilenceSeconds: durationSeconds, tailSilenceSeconds: durationSeconds };
  return {
    headSilenceSeconds: sound.first / BLOCKS_PER_SECOND,
    tailSilenceSeconds: Math.max(0, durationSeconds - (sound.last + 1) / BLOCKS_PER_SECOND),
  };
}
