/** The rules on a finished file, one entry each: its value, its place in the file, and the fix. */
import type { MeasuredFile } from './measured-file.ts';
import type { ProfileRules, Range } from './profiles.ts';

/** A rule whose limits are a range of the profile. */
export interface RangeRule {
  name: keyof ProfileRules;
  unit: string;
  digits: number;
  /** `undefined` when the rule does not apply to this kind of file. */
  value(measured: MeasuredFile): number | undefined;
  /** Time of the problem; `undefined` when it concerns the complete file. */
  at?(measured: MeasuredFile): number | undefined;
  /** The fix for a value below or above the range. */
  fix(of: { value: number; range: Range; measured: MeasuredFile }): string;
}

const isMp3 = (m: MeasuredFile): boolean => m.container === 'mp3';
/** A file of several chapters, such as an M4B (an MP3's marks are sections): rules on chapter length do not apply. */
const isBook = (m: MeasuredFile): boolean => m.marks.length > 1 && !isMp3(m);

const level: RangeRule['fix'] = ({ value, range }) => {
  if (!Number.isFinite(value)) return 'The file is silent: export it again.';
  const { least, most } = range;
  if (least !== null && value < least)
    return `Raise the level by ${(least - value + 0.5).toFixed(1)} dB, or a little more.`;
  return `Lower the level by ${(value - (most ?? value) + 0.5).toFixed(1)} dB, or a little more.`;
};
const peak: RangeRule['fix'] = ({ value, range }) =>
  `Put a true-peak limiter with a ceiling of ${((range.most ?? 0) - 0.7).toFixed(1)} dB at the end of the chain (the peak is ${(value - (range.most ?? 0)).toFixed(1)} dB over).`;
/** A noise that is hardly louder than the constant offset is that offset. */
const OFFSET_WITHIN_DB = 3;
const noise: RangeRule['fix'] = ({ value, measured: { offsetDbfs } }) =>
  offsetDbfs !== undefined && value - offsetDbfs < OFFSET_WITHIN_DB
    ? `Remove the constant (DC) offset of the recording: at ${offsetDbfs.toFixed(1)} dBFS it counts as noise.`
    : 'Reduce the noise of the recording (a quieter room, gentle noise reduction), then set the level again.';

/** All rules with a range, in the order of the table. */
export const RANGE_RULES: readonly RangeRule[] = [
  { name: 'rmsDbfs', unit: 'dBFS', digits: 1, value: (m) => m.rmsDbfs, fix: level },
  { name: 'loudnessLufs', unit: 'LUFS', digits: 1, value: (m) => m.loudnessLufs, fix: level },
  {
    name: 'samplePeakDbfs',
    unit: 'dBFS',
    digits: 1,
    value: (m) => m.samplePeakDbfs,
    at: (m) => m.peakAtSeconds,
    fix: peak,
  },
  {
    name: 'truePeakDbtp',
    unit: 'dBTP',
    digits: 1,
    value: (m) => m.truePeakDbtp,
    at: (m) => m.peakAtSeconds,
    fix: peak,
  },
  {
    name: 'clippedRuns',
    unit: 'places',
    digits: 0,
    value: (m) => m.clippedRuns,
    at: (m) => m.clippedAtSeconds ?? undefined,
    fix: () =>
      'The audio is distorted there: export it again from a source without clipping. Lowering the level does not remove the distortion.',
  },
  { name: 'noiseFloorDbfs', unit: 'dBFS', digits: 1, value: (m) => m.noiseFloorDbfs, fix: noise },
  {
    name: 'pauseNoiseDbfs',
    unit: 'dBFS',
    digits: 1,
    value: (m) => m.noisiestPause?.noiseDbfs,
    at: (m) => m.noisiestPause?.startSeconds,
    fix: noise,
  },
  {
    name: 'headSilenceSeconds',
    unit: 's',
    digits: 2,
    value: (m) => m.headSilenceSeconds,
    at: () => 0,
    fix: ({ value, range }) =>
      range.least !== null && value < range.least
        ? `Add ${(range.least - value + 0.1).toFixed(2)} s of room tone before the first word.`
        : `Cut ${(value - (range.most ?? value) + 0.1).toFixed(2)} s from the start.`,
  },
  {
    name: 'tailSilenceSeconds',
    unit: 's',
    digits: 2,
    value: (m) => m.tailSilenceSeconds,
    at: (m) => Math.max(0, m.durationSeconds - m.tailSilenceSeconds),
    fix: ({ value, range }) =>
      range.least !== null && value < range.least
        ? `Add ${(range.least - value + 0.1).toFixed(2)} s of room tone after the last word.`
        : `Cut ${(value - (range.most ?? value) + 0.1).toFixed(2)} s from the end.`,
  },
  {
    name: 'durationSeconds',
    unit: 's',
    digits: 1,
    value: (m) => (isBook(m) ? undefined : m.durationSeconds),
    fix: ({ value, range }) =>
      range.most !== null && value > range.most
        ? `Split it at a scene into ${Math.ceil(value / range.most)} files.`
        : 'Join it with the next chapter. A retail sample needs a longer chapter, or an earlier start.',
  },
  {
    name: 'mp3BitRateKbps',
    unit: 'kb/s',
    digits: 0,
    value: (m) => (isMp3(m) ? (m.bitRateKbps ?? Number.NaN) : undefined),
    fix: ({ range }) => `Encode it again from the original at a constant ${range.least ?? range.most} kb/s.`,
  },
  {
    name: 'mp3BitRateSpreadKbps',
    unit: 'kb/s',
    digits: 0,
    value: (m) => (m.frameBitRatesKbps === null ? undefined : m.frameBitRatesKbps.most - m.frameBitRatesKbps.least),
    fix: () => 'Encode it again from the original with a constant bit rate (CBR), not VBR or ABR.',
  },
  {
    name: 'mp3SampleRateHz',
    unit: 'Hz',
    digits: 0,
    value: (m) => (isMp3(m) ? m.sampleRateHz : undefined),
    fix: ({ range }) => `Export it again at ${range.least ?? range.most} Hz.`,
  },
];

/** The first problem of a file's chapter marks; `undefined` when there is none. */
export function chapterMarkProblem(m: MeasuredFile): { problem: string; atSeconds: number } | undefined {
  const [first] = m.marks;
  if (first === undefined) return undefined;
  if (first.startSeconds > MARK_TOLERANCE_SECONDS)
    return { problem: 'the audio before the first mark belongs to no chapter', atSeconds: 0 };
  for (const [index, mark] of m.marks.entries()) {
    const next = m.marks[index + 1];
    const name = `mark ${index + 1}`;
    if (mark.startSeconds >= m.durationSeconds)
      return { problem: `${name} is after the end of the file`, atSeconds: mark.startSeconds };
    if (mark.endSeconds <= mark.startSeconds) return { problem: `${name} has no length`, atSeconds: mark.startSeconds };
    if (next !== undefined && next.startSeconds < mark.endSeconds - MARK_TOLERANCE_SECONDS) {
      return { problem: `${name} overlaps the next`, atSeconds: next.startSeconds };
    }
    if (index > 0 && !mark.atSilence)
      return { problem: `${name} is in the middle of speech`, atSeconds: mark.startSeconds };
  }
  const last = m.marks.at(-1);
  if (last !== undefined && Math.abs(last.endSeconds - m.durationSeconds) > LAST_MARK_TOLERANCE_SECONDS) {
    return { problem: 'the last mark does not end with the file', atSeconds: last.endSeconds };
  }
  return undefined;
}

const MARK_TOLERANCE_SECONDS = 0.1;
/** Containers round the end of the last mark, and encoders pad their last frame. */
const LAST_MARK_TOLERANCE_SECONDS = 1;
