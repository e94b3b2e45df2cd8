/** The tables of the bench. */
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { FAULTS } from './faults.ts';
import { type createCounts, percent, table, withInterval } from './figures.ts';

/** Rows beside those of the faults. */
export const NOT_OF_THE_CAST = 'wrong voice, of no one in the cast';
export const LONG_WRONG_VOICE = 'wrong voice, takes with 2 s of sound';
export const SAME_PERSON = 'same person, other recordings: a stranger';

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
    rowOf(NOT_OF_THE_CAST),
    rowOf(LONG_WRONG_VOICE),
    rowOf(SAME_PERSON, '≤ 5 %'),
  ]))
    say(line);
  const byVoice = (how: string) => {
    const { takes } = counts.of(LONG_WRONG_VOICE, how);
    return withInterval({ takes, found: counts.of(LONG_WRONG_VOICE, how, 'by', 'other-voice').found });
  };
  say(`wrong voice, takes with 2 s of sound, by the check of the voice alone: ${byVoice('new')}, ${byVoice('known')}`);
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
