import type { Model } from '../models.ts';
import { judgeSample, type MeasuredSample, type SampleRule } from './sample.ts';
import { judgeQuality, type QualityRule, type SampleQuality } from './sample-quality.ts';

/** One line of a report on a sample. */
export interface SampleRow {
  /** Stable name. */
  rule: SampleRule['rule'] | QualityRule['rule'] | 'channels';
  wanted: string;
  measured: string;
  /** `repaired`: the pipeline mends it. `advice`: it is taken, but would clone better otherwise. `fail`: it is refused. */
  verdict: 'pass' | 'repaired' | 'advice' | 'fail';
  /** What to do, or what is done. */
  advice: string;
}

/** All that is to be said about a sample. */
export interface SampleReport {
  verdict: 'pass' | 'repaired' | 'fail';
  /** What the pipeline does to it before it is sent. */
  changes: string[];
  rows: SampleRow[];
}

/** The service's rules first, then the recording guide. `quality` is undefined for what has no sound. */
export function reportSample(of: {
  original: MeasuredSample;
  /** What would be sent; the original where nothing is done. */
  repaired: MeasuredSample;
  changes: string[];
  quality: SampleQuality | undefined;
  model: Pick<Model, 'id' | 'minSampleRateHz'>;
}): SampleReport {
  const { original, repaired, changes, quality, model } = of;
  const after = new Map(judgeSample(repaired, model).rules.map((rule) => [rule.rule, rule]));
  const rules = judgeSample(original, model).rules.map((rule): SampleRow => {
    if (rule.pass) return { ...rowOf(rule), verdict: 'pass' };
    if (!after.get(rule.rule)?.pass) return { ...rowOf(rule), verdict: 'fail' };
    return { ...rowOf(rule), verdict: 'repaired', advice: 'Repaired before it is sent.' };
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
  const advice = changes.length > 0 ? 'Mixed down before it is sent.' : 'Export it as mono.';
  return {
    rule: 'channels',
    wanted: '1 (mono)',
    measured: String(channels),
    verdict: channels === 1 ? 'pass' : 'repaired',
    advice,
  };
}
