/** The tables of the bench. */
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { FAULTS } from './faults.ts';
import { type createCounts, percent, table, withInterval } from './figures.ts';

/** Prints catches and false alarms of all folds together, by fault, by set and by check, and what hearing costs. */
export function report(of: {
  say(line: string): void;
  counts: ReturnType<typeof createCounts>;
  folds: readonly { name: string; thresholds: Thresholds }[];
  hash: string;
  cost: { audioSeconds: number; cpuSeconds: number };
}): void {
  const { say, counts, folds, hash, cost } = of;
  const sets = folds.map(({ name }) => name);
  const rowOf = (name: string, target = '') => [
    name,
    target,
    String(counts.of(name, 'new').takes),
    withInterval(counts.of(name, 'new')),
    withInterval(counts.of(name, 'known')),
    ...sets.map((set) => `${percent(counts.of(name, 'new', set))} / ${percent(counts.of(name, 'known', set))}`),
  ];
  const rows = FAULTS.map(({ name, target }) => rowOf(name, wanted(target)));
  for (const line of table([
    ['fault', 'target', 'takes', 'voice new', 'voice known', ...sets],
    rowOf('good', '≤ 2 %'),
    rowOf('good sentences'),
    ...rows,
  ]))
    say(line);
  const falseAlarms = (name: string, how: string, check: string) =>
    percent({ ...counts.of(name, how), found: counts.of(name, how, 'by', check).found });
  const good = (how: string, check: string) =>
    `${falseAlarms('good', how, check)} (${falseAlarms('good sentences', how, check)})`;
  const best = (check: string) =>
    FAULTS.map(({ name }) => ({
      name,
      share: counts.of(name, 'known', 'by', check).found / counts.of(name, 'known').takes,
    }))
      .filter(({ share }) => share >= 0.1)
      .map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
  const checks = counts.names('good', 'by').concat(...FAULTS.map(({ name }) => counts.names(name, 'by')));
  say('');
  for (const line of table([
    ['check', 'false (in sentences), voice new', 'voice known', 'finds alone, voice known'],
    ...[...new Set(checks)]
      .sort()
      .map((check) => [check, good('new', check), good('known', check), best(check).join(', ')]),
  ]))
    say(line);
  say('');
  for (const { name, thresholds } of folds) say(`limits for ${name}: ${JSON.stringify(thresholds)}`);
  say(`src/qc/thresholds.ts: ${hash}`);
  say(`CPU: ${((60 * cost.cpuSeconds) / cost.audioSeconds).toFixed(2)} s for a minute of audio`);
}

function wanted(target: number | 'none' | undefined): string {
  return target === 'none' ? 'none' : target === undefined ? '' : `≥ ${100 * target} %`;
}
