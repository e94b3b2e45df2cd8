import { judgeSample, type MeasuredSample, type SampleRule, type SampleTerms } from './sample.ts';
import { judgeQuality, type QualityRule, type SampleQuality } from './sample-quality.ts';

/** One row of a report on a sample. */
export interface SampleRow {
  /** Stable name. */
  rule: SampleRule['rule'] | QualityRule['rule'] | 'channels';
  wanted: string;
  measured: string;
  /** `repaired`: the pipeline fixes it. `advice`: accepted, but could clone better. `fail`: refused. */
  verdict: 'pass' | 'repaired' | 'advice' | 'fail';
  /** What to do, or what the pipeline does. */
  advice: string;
}

/** The report on a sample. */
export interface SampleReport {
  verdict: 'pass' | 'repaired' | 'fail';
  /** What the pipeline changes before it sends the sample. */
  changes: string[];
  rows: SampleRow[];
}

/** Reports the service's rules first, then the recording guide. `quality` is undefined for a silent sample. */
export function reportSample(of: {
  original: MeasuredSample;
  /** The sample to send; the original when nothing changes. */
  repaired: MeasuredSample;
  changes: string[];
  quality: SampleQuality | undefined;
  model: SampleTerms;
}): SampleReport {
  const { original, repaired, changes, quality, model } = of;
  const after = new Map(judgeSample(repaired, model).rules.map((rule) => [rule.rule, rule]));
  const rules = judgeSample(original, model).rules.map((rule): SampleRow => {
    if (rule.pass) return { ...rowOf(rule), verdict: 'pass' };
    if (!after.get(rule.rule)?.pass) return { ...rowOf(rule), verdict: 'fail' };
    return { ...rowOf(rule), verdict: 'repaired', advice: 'The pipeline repairs it before sending.' };
  });
  const channels = original.readable ? [channelsRow(original.channels, changes)] : [];
  const guide = quality === undefined ? [] : judgeQuality(quality).map(guideRow);
  const rows = [...rules, ...channels, ...guide];
  const fails = rows.some((row) => row.verdict === 'fail');
  return { verdict: fails ? 'fail' : changes.length > 0 ? 'repaired' : 'pass', changes: fails ? [] : changes, rows };
}

function rowOf({ rule, wanted, measured, advice }: SampleRule | QualityRule): Omit<SampleRow, 'verdict'> {
  return { rule, wanted, measured, advice };
}

function guideRow(rule: QualityRule): SampleRow {
  return { ...rowOf(rule), verdict: rule.pass ? 'pass' : 'advice' };
}

function channelsRow(channels: number, changes: readonly string[]): SampleRow {
  const advice = changes.length > 0 ? 'The pipeline mixes it down before sending.' : 'Export it as mono.';
  return {
    rule: 'channels',
    wanted: '1 (mono)',
    measured: String(channels),
    verdict: channels === 1 ? 'pass' : 'repaired',
    advice,
  };
}
