import { fileFaults } from './file-faults.ts';
import type { MeasuredFile } from './measured-file.ts';
import type { Profile, Range } from './profiles.ts';
import { chapterMarkProblem, RANGE_RULES, type RangeRule } from './rules.ts';

/** One rule and the file's result, as text for a table. */
export interface RuleVerdict {
  /** Stable name of the rule: the field of `ProfileRules`, or `whole`, `fileType`, `oneStream`, `chapterMarks`, `readable`. */
  rule: string;
  /** Such as `-23 … -18 dBFS`. */
  wanted: string;
  measured: string;
  pass: boolean;
  /** The fix; only when it fails. */
  fix?: string;
  /** Where in the file; only when it fails at a place. */
  atSeconds?: number;
}

/** `none` when the profile has no rules. */
export interface Verdict {
  verdict: 'pass' | 'fail' | 'none';
  rules: RuleVerdict[];
}

/** Checks one finished file against a profile. Pure and deterministic. */
export function judgeFile(measured: MeasuredFile, profile: Profile): Verdict {
  const hasRules = Object.values(profile.rules).some((range) => range !== null);
  const ranges = RANGE_RULES.flatMap((rule) => judgeRange(rule, measured, profile.rules[rule.name]));
  const faults = fileFaults(measured).map((fault): RuleVerdict => ({ ...fault, pass: false }));
  const others = [integrity(measured), ...faults, marks(measured)].flatMap((rule) =>
    rule === undefined || (!hasRules && rule.pass) ? [] : [rule],
  );
  return verdictOf([...ranges, ...others]);
}

/** The verdict for a file that cannot be read; `undefined`: because nothing is in it. */
export function unreadableVerdict(reason: string | undefined): Verdict {
  const fix =
    reason === undefined
      ? 'Copy or export it again.'
      : 'If it is no sound file, leave it out. Otherwise export it again; if it plays elsewhere, report a bug with its format.';
  return verdictOf([
    { rule: 'readable', wanted: 'a sound file', measured: reason ?? 'an empty file', pass: false, fix },
  ]);
}

/** One verdict for a chapter of several files: passes when all judged files pass. */
export function overallVerdict(verdicts: readonly Pick<Verdict, 'verdict'>[]): Verdict['verdict'] {
  if (verdicts.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return verdicts.some(({ verdict }) => verdict === 'pass') ? 'pass' : 'none';
}

/** The verdict of several rules: fails if any rule fails. */
export function verdictOf(rules: RuleVerdict[]): Verdict {
  if (rules.length === 0) return { verdict: 'none', rules };
  return { verdict: rules.every(({ pass }) => pass) ? 'pass' : 'fail', rules };
}

function judgeRange(rule: RangeRule, measured: MeasuredFile, range: Range | null): RuleVerdict[] {
  const value = rule.value(measured);
  if (range === null || value === undefined) return [];
  const pass = isWithin(value, range);
  const at = pass ? undefined : rule.at?.(measured);
  return [
    {
      rule: rule.name,
      wanted: `${describeRange(range)} ${rule.unit}`,
      measured: Number.isFinite(value) ? `${value.toFixed(rule.digits)} ${rule.unit}` : unmeasurable(value),
      pass,
      ...(pass ? {} : { fix: rule.fix({ value, range, measured }) }),
      ...(at === undefined ? {} : { atSeconds: at }),
    },
  ];
}

function integrity({ damage }: MeasuredFile): RuleVerdict {
  const rule = { rule: 'whole', wanted: 'not truncated, no broken frames' };
  if (damage === null) return { ...rule, measured: 'complete', pass: true };
  return {
    ...rule,
    measured: damage,
    pass: false,
    fix: 'Copy or export it again, and compare its size with the original.',
  };
}

function marks(measured: MeasuredFile): RuleVerdict | undefined {
  if (measured.marks.length === 0) return undefined;
  const rule = { rule: 'chapterMarks', wanted: 'in order, at silence, up to the end' };
  const problem = chapterMarkProblem(measured);
  if (problem === undefined) return { ...rule, measured: `${measured.marks.length} in place`, pass: true };
  const fix = 'Compute the marks from the actual chapter lengths and write them again.';
  return { ...rule, measured: problem.problem, pass: false, fix, atSeconds: problem.atSeconds };
}

/** NaN means that the measurement failed; it passes no rule. */
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
