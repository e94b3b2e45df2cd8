import { extname } from 'node:path';
import type { MeasuredFile } from '../../qc/measured-file.ts';
import { type AudioFacts, decodeAudio } from '../ffmpeg/decode.ts';
import type { Ffmpeg } from '../ffmpeg/ffmpeg-binary.ts';
import { afterMp3 } from '../file-end/after-mp3.ts';
import { appendedTo } from '../file-end/appended.ts';
import { missingAtEnd } from '../file-end/missing.ts';
import { type Mp3Frames, readMp3Frames } from '../mp3/mp3-frames.ts';
import { createSampleReader, dbFromGain, dbFromPower } from '../pcm.ts';
import { channelSamples } from './channel-samples.ts';
import { curvesOf } from './curves.ts';
import { createClipFinder } from './full-scale.ts';
import { BLOCKS_PER_SECOND, channelWeights, integratedLoudness } from './loudness.ts';
import type { TakeMeasures } from './measures.ts';
import { createMeter, type Meter } from './meter.ts';
import { misnamed } from './misnamed.ts';
import { noiseFloorDbfs, noisiestPause } from './noise-floor.ts';
import { quietBlocks } from './quiet.ts';
import { isNearSilence, longestDigitalSilence, longestSilence, outerSilence } from './silences.ts';
import { createPeakMeter } from './true-peak.ts';

/**
 * Decodes a finished file once and measures what shops check; needs only 12 bytes per 10 ms and channel. Works on any file that
 * `decodeAudio` reads. With several channels, RMS is their mean power, loudness their weighted sum (BS.1770), and peaks the
 * highest. Errors: those of `decodeAudio`.
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
  /** Samples of all channels. */
  let samplesRead = 0;
  // Before the sound, because its frames say how it may be decoded. A file that cannot be read fails below, as any other.
  const named = isNamedMp3(path) ? await readMp3Frames(path, signal).catch(() => null) : null;
  const isOneFormat = named?.isOneFormat ?? false;
  const facts = await decodeAudio({ ffmpeg, input: path, name: path, isOneFormat, signal }, (chunk, format) => {
    if (channels.length === 0)
      channels = Array.from({ length: format.channels }, () => openChannel(format.sampleRateHz));
    sampleRateHz = format.sampleRateHz;
    const samples = reader.read(chunk);
    distribute(samples, channels, samplesRead % channels.length);
    samplesRead += samples.length;
  });
  // An MP2 has this container, too, and no frame of an MP3 but by chance.
  const isMp3 = facts.container === 'mp3' && facts.codec.startsWith('mp3');
  const frames = isMp3 ? (named ?? (await readMp3Frames(path, signal))) : null;
  const missing = isMp3 ? undefined : await missingAtEnd(path, facts.container, signal);
  const behind = frames === null || frames.cutInFrame ? undefined : await afterMp3(path, frames.endByte, signal);
  const appended = isMp3 ? behind?.appended : await appendedTo(path, signal);
  const durationSeconds = sampleRateHz === 0 ? 0 : (channels[0]?.meter.samples() ?? 0) / sampleRateHz;
  const { container, codec, marks, bitRateKbps } = facts;
  const sound = soundOf(channels, { durationSeconds, sampleRateHz });
  return {
    ...{ container, codec, durationSeconds, sampleRateHz: facts.sampleRateHz, channels: facts.channels },
    bitRateKbps: frames?.meanKbps ?? bitRateKbps,
    frameBitRatesKbps: frames === null ? null : { least: frames.leastKbps, most: frames.mostKbps },
    ...sound.measured,
    marks: marks.map((mark) => ({ ...mark, atSilence: isNearSilence(sound.quiet, mark.startSeconds) })),
    damage: damageOf({ facts, frames, missing, durationSeconds, isFollowed: behind?.isAny ?? false }),
    ...misnamed(path, facts),
    ...(frames && { mp3Stream: frames.stream }),
    ...(appended && { appended }),
  };
}

function isNamedMp3(path: string): boolean {
  return extname(path).toLowerCase() === '.mp3';
}

/** All measurements of the samples. */
function soundOf(
  channels: Channel[],
  { durationSeconds, sampleRateHz }: { durationSeconds: number; sampleRateHz: number },
) {
  const measured = channels.map(({ meter, peaks, clips }) => ({
    measures: meter.finish(),
    ...peaks.finish(),
    ...clips.finish(),
  }));
  const all = measured.map(({ measures }) => measures);
  const power = meanPower(all);
  const weights = channelWeights(all.length);
  const loudness = sum(
    all.map((own, c) => (weights[c] === 1 ? own.loudness : own.loudness.map((value) => value * weights[c]!))),
  );
  const peak = highest(all.map((own) => own.peak));
  const fullBlocks = Math.floor((all[0]?.samples ?? 0) / (all[0]?.blockSamples ?? 1));
  const clipped = measured.flatMap(({ firstSample }) => (firstSample === null ? [] : [firstSample]));
  const quiet = quietBlocks(all.length === 1 ? loudness : loudness.map((value) => value / all.length));
  return {
    quiet,
    measured: {
      rmsDbfs: rms(all),
      loudnessLufs: integratedLoudness(loudness),
      samplePeakDbfs: dbFromGain(Math.max(0, ...measured.map(({ samplePeak }) => samplePeak))),
      truePeakDbtp: dbFromGain(Math.max(0, ...measured.map(({ truePeak }) => truePeak))),
      peakAtSeconds: indexOfMax(peak) / BLOCKS_PER_SECOND,
      noiseFloorDbfs: noiseFloorDbfs(power, fullBlocks),
      noisiestPause: noisiestPause(quiet, power, fullBlocks),
      ...outerSilence(quiet, durationSeconds),
      ...offsetIn(all),
      longestSilence: longestSilence(quiet),
      longestDigitalSilence: longestDigitalSilence(power.subarray(0, fullBlocks)),
      clippedRuns: measured.reduce((total, { runs }) => total + runs, 0),
      clippedAtSeconds: clipped.length === 0 ? null : Math.min(...clipped) / sampleRateHz,
      curves: curvesOf(peak, loudness),
    },
  };
}

/** Containers round the declared length; a larger difference means missing audio. */
const LENGTH_TOLERANCE_SECONDS = 0.25;

/** ffmpeg's words for bytes that are no frame. */
const OF_NO_FRAME = /^Header missing$|Invalid data found when processing input$/;

function damageOf(of: {
  facts: AudioFacts;
  frames: Mp3Frames | null;
  missing: string | undefined;
  /** Something stands behind the last frame of an MP3. */
  isFollowed: boolean;
  durationSeconds: number;
}): string | null {
  const { facts, frames, missing, durationSeconds, isFollowed } = of;
  if (missing !== undefined) return `cut off: ${missing}`;
  if (frames?.promisedFrames != null && frames.frames < frames.promisedFrames) {
    return `cut off: ${frames.frames} of ${frames.promisedFrames} frames are present`;
  }
  if (frames?.cutInFrame) return 'cut off in the middle of a frame';
  // A chapter mark after the end changes the declared length; that is an error of the mark.
  const lastMark = Math.max(0, ...facts.marks.map(({ endSeconds }) => endSeconds));
  const isOfMark = Math.abs((facts.declaredSeconds ?? 0) - lastMark) < 1;
  const declaredSeconds = isOfMark ? 0 : (facts.declaredSeconds ?? 0);
  if (declaredSeconds - durationSeconds > LENGTH_TOLERANCE_SECONDS) {
    return `cut off: it claims ${declaredSeconds.toFixed(1)} s and has ${durationSeconds.toFixed(1)} s`;
  }
  const { decodeErrors } = facts;
  // Every frame has its header and follows the one before: ffmpeg means what stands behind them, which is no damage of the sound.
  const isUnbroken = isFollowed && frames?.stream.bytesWithin === 0;
  if (isUnbroken && decodeErrors.every((error) => OF_NO_FRAME.test(error))) return null;
  return decodeErrors.length === 0 ? null : `broken: ${decodeErrors.join('; ')}`;
}

interface Channel {
  meter: Meter;
  peaks: ReturnType<typeof createPeakMeter>;
  clips: ReturnType<typeof createClipFinder>;
}

function openChannel(sampleRateHz: number): Channel {
  const peaks = createPeakMeter();
  const clips = createClipFinder();
  const meter = createMeter(sampleRateHz, {
    of: 'file',
    onPiece(samples, piece) {
      peaks.push(samples, piece);
      clips.push(samples, piece);
    },
  });
  return { meter, peaks, clips };
}

/** Distributes samples to their channels; `first` is the channel of the first sample, since a chunk may begin inside a frame. */
function distribute(samples: Int16Array, channels: Channel[], first: number): void {
  const count = channels.length;
  channels.forEach(({ meter }, c) => {
    meter.pushSamples(count === 1 ? samples : channelSamples(samples, (c - first + count) % count, count));
  });
}

function sum(blocks: Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = blocks;
  return others.length === 0 ? first : first.map((value, i) => others.reduce((all, own) => all + (own[i] ?? 0), value));
}

/** Less is no noise that a shop objects to. */
const LEAST_OFFSET_DBFS = -70;

/** The largest DC offset of the channels, unless it is negligible. */
function offsetIn(measures: TakeMeasures[]): Pick<MeasuredFile, 'offsetDbfs'> {
  const offsetDbfs = dbFromGain(Math.max(0, ...measures.map(({ offset }) => Math.abs(offset))) / 32_768);
  return offsetDbfs < LEAST_OFFSET_DBFS ? {} : { offsetDbfs };
}

function meanPower(measures: TakeMeasures[]): Float32Array {
  const total = sum(measures.map(({ power }) => power));
  return measures.length === 1 ? total : total.map((value) => value / measures.length);
}

function rms(measures: TakeMeasures[]): number {
  let total = 0;
  let samples = 0;
  for (const { power, blockSamples, samples: own } of measures) {
    for (let i = 0; i < power.length; i++) total += power[i]! * blockSamples;
    samples += own;
  }
  return samples === 0 ? -Infinity : dbFromPower(total / samples);
}

function highest(peaks: Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = peaks;
  return others.length === 0 ? first : first.map((value, i) => Math.max(value, ...others.map((own) => own[i] ?? 0)));
}

function indexOfMax(peak: Float32Array): number {
  let at = 0;
  for (let i = 0; i < peak.length; i++) if (peak[i]! > peak[at]!) at = i;
  return at;
}
