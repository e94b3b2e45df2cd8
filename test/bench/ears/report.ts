/** The tables of the bench. */
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { FAULTS } from './faults.ts';
import { type createCounts, HOWS, percent, table, withInterval } from './figures.ts';

/** Rows beside those of the faults. */
export const NOT_OF_THE_CAST = 'wrong voice, of no one in the cast';
export const LONG_WRONG_VOICE = 'wrong voice, takes with 2 s of sound';
export const SAME_PERSON = 'same person, other recordings: a stranger';

export const SAME_PERSON_FAST = 'same person, other recordings: too fast';

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
    ...HOWS.map((how) => withInterval(counts.of(name, how))),
    ...sets.map((set) => HOWS.map((how) => percent(counts.of(name, how, set)).replace(' %', '')).join(' / ')),
  ];
  const rows = FAULTS.map(({ name, target }) => rowOf(name, wanted(target)));
  for (const line of table([
    ['fault', 'target', 'takes', ...HOWS.map(voiceBy), ...sets],
    rowOf('good', '≤ 2 %'),
    rowOf('good sentences'),
    ...rows,
    rowOf(NOT_OF_THE_CAST),
    rowOf(LONG_WRONG_VOICE),
    rowOf(SAME_PERSON, '≤ 5 %'),
    rowOf(SAME_PERSON_FAST),
  ]))
    say(line);
  const alarms = (how: (typeof HOWS)[number]) =>
    `${voiceBy(how)} ${percent(counts.of('good', how))} (${percent(counts.of('good sentences', how))})`;
  say(`false alarms (in sentences): ${HOWS.map(alarms).join(', ')}`);
  const byVoice = (how: string) => {
    const { takes } = counts.of(LONG_WRONG_VOICE, how);
    return withInterval({ takes, found: counts.of(LONG_WRONG_VOICE, how, 'by', 'other-voice').found });
  };
  say(`wrong voice, takes with 2 s of sound, by the check of the voice alone: ${byVoice('known')}`);
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
    ['check: false (in sentences)', ...HOWS.map(voiceBy), 'finds alone, voice known'],
    ...[...new Set(checks)]
      .sort()
      .map((check) => [check, ...HOWS.map((how) => good(how, check)), best(check).join(', ')]),
  ]))
    say(line);
  say('');
  for (const { name, thresholds } of folds) say(`limits for ${name}: ${JSON.stringify(thresholds)}`);
  say(`src/qc/thresholds.ts and src/qc/letters/sound-model.ts: ${hash}`);
  say(`CPU: ${((60 * cost.cpuSeconds) / cost.audioSeconds).toFixed(2)} s for a minute of audio`);
}

function voiceBy(how: (typeof HOWS)[number]): string {
  return how === 'new' || how === 'known' ? `voice ${how}` : `new, its ${how}`;
}

function wanted(target: number | 'none' | undefined): string {
  return target === 'none' ? 'none' : target === undefined ? '' : `≥ ${100 * target} %`;
}
