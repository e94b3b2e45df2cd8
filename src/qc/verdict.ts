import type { Profile, ProfileRules, Range } from './profiles.ts';

/** What was measured on one finished file, after decoding it. Levels of digital silence are −Infinity. */
export interface MeasuredFile {
  /** ffmpeg's name of the container: `mp3`, `mov,mp4,…`, `wav`, … */
  container: string;
  codec: string;
  durationSeconds: number;
  sampleRateHz: number;
  channels: number;
  /** As the file declares it; `null` when it does not. */
  bitRateKbps: number | null;
  rmsDbfs: number;
  loudnessLufs: number;
  samplePeakDbfs: number;
  truePeakDbtp: number;
  /** RMS of the quietest 500 ms; of the whole when it is shorter. */
  noiseFloorDbfs: number;
  headSilenceSeconds: number;
  tailSilenceSeconds: number;
}

/** One rule and how the file does by it, as text for a table. */
export interface RuleVerdict {
  /** Stable name of the rule: the field of `ProfileRules`. */
  rule: string;
  /** Such as `-23 … -18 dBFS`. */
  wanted: string;
  measured: string;
  pass: boolean;
}

/** `none` when the profile has no rules. */
export interface Verdict {
  verdict: 'pass' | 'fail' | 'none';
  rules: RuleVerdict[];
}

/** Judges one finished file by a profile. Pure; the same measurements give the same verdict. */
export function judgeChapter(measured: MeasuredFile, profile: Profile): Verdict {
  const rules = RULES.flatMap(({ name, unit, digits, value }) => {
    const range = profile.rules[name];
    const number = value(measured);
    if (range === null || number === undefined) return [];
    const text = Number.isFinite(number) ? `${number.toFixed(digits)} ${unit}` : unmeasurable(number);
    return [{ rule: name, wanted: `${describeRange(range)} ${unit}`, measured: text, pass: isWithin(number, range) }];
  });
  if (rules.length === 0) return { verdict: 'none', rules };
  return { verdict: rules.every((rule) => rule.pass) ? 'pass' : 'fail', rules };
}

/** One verdict for a chapter of several files: it passes when all that were judged pass. */
export function overallVerdict(verdicts: readonly Pick<Verdict, 'verdict'>[]): Verdict['verdict'] {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return verdicts.some(({ verdict }) => verdict === 'pass') ? 'pass' : 'none';
}

interface Rule {
  name: keyof ProfileRules;
  unit: string;
  digits: number;
  /** `undefined` where the rule does not concern this kind of file. */
  value(measured: MeasuredFile): number | undefined;
}

const RULES: readonly Rule[] = [
  { name: 'rmsDbfs', unit: 'dBFS', digits: 1, value: (m) => m.rmsDbfs },
  { name: 'loudnessLufs', unit: 'LUFS', digits: 1, value: (m) => m.loudnessLufs },
  { name: 'samplePeakDbfs', unit: 'dBFS', digits: 1, value: (m) => m.samplePeakDbfs },
  { name: 'truePeakDbtp', unit: 'dBTP', digits: 1, value: (m) => m.truePeakDbtp },
  { name: 'noiseFloorDbfs', unit: 'dBFS', digits: 1, value: (m) => m.noiseFloorDbfs },
  { name: 'headSilenceSeconds', unit: 's', digits: 2, value: (m) => m.headSilenceSeconds },
  { name: 'tailSilenceSeconds', unit: 's', digits: 2, value: (m) => m.tailSilenceSeconds },
  { name: 'durationSeconds', unit: 's', digits: 1, value: (m) => m.durationSeconds },
  {
    name: 'mp3BitRateKbps',
    unit: 'kb/s',
    digits: 0,
    value: (m) => (m.container === 'mp3' ? (m.bitRateKbps ?? Number.NaN) : undefined),
  },
  {
    name: 'mp3SampleRateHz',
    unit: 'Hz',
    digits: 0,
    value: (m) => (m.container === 'mp3' ? m.sampleRateHz : undefined),
  },
];

/** Not-a-number is a measurement that could not be made: it passes no rule. */
function isWithin(value: number, { least, most }: Range): boolean {
  return !Number.isNaN(value) && (least === null || value >= least) && (most === null || value <= most);
}

function unmeasurable(value: number): string {
  return Number.isNaN(value) ? 'unknown' : 'digital silence';
}

function describeRange({ least, most }: Range): string {
  if (least === null) return most === null ? 'any' : `at most ${most}`;
  if (most === null) return `at least ${least}`;
  return least === most ? `${least}` : `${least} … ${most}`;
}
