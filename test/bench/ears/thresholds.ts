/**
 * Chooses the limits of the checks that listen. Each limit is a value that few good recordings exceed; how few, is shared out
 * among the scores so that the faults with a target are found, while all checks together stay within the budget.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { SCORES } from '../../../src/qc/scores.ts';
import type { Thresholds } from '../../../src/qc/thresholds.ts';
import { HOWS, type How } from './figures.ts';

/** A take to fit on. */
export interface FitTake {
  /** The values of SCORES, in their order. */
  scores: readonly (number | undefined)[];
  /** Another check doubts it anyway. */
  isDoubted: boolean;
  isSentence: boolean;
  how: How;
  set: string;
  /** Undefined: a good recording. */
  fault?: string;
}

const FILE = 'src/qc/thresholds.ts';
const SOUND_MODEL_FILE = 'src/qc/letters/sound-model.ts';
/** Of good recordings, and of good sentences, that all checks together may doubt: with room for people who were not fitted on. */
const BUDGET = { all: 0.0135, sentences: 0.0165 };
/** How many of the good recordings a score may doubt, step by step. */
const SHARES = [0, 0.002, 0.004, 0.006, 0.008, 0.01, 0.012, 0.014, 0.016, 0.02];
/**
 * Scores that doubt so many of the good recordings first, before all share the rest. The cut starts of those who are fitted to
 * are found by their loudness as well; those of the next person may be quiet.
 */
const FIRST_SHARES: Readonly<Record<string, number>> = {
  'start-cut by its letters': 0.012,
  'start-cut by its letters and its sample': 0.012,
  'start-cut by its letters, new': 0.012,
};
/**
 * Limits that stay: the recordings of the bench all have texts in Latin or Cyrillic letters. These were fitted to the same recordings in the
 * same way without hearing the letters, as a take in another script is judged.
 */
const OTHER_SCRIPT: Thresholds = {
  'start-cut new, other script': -19.41,
  'start-cut and short, other script': 3.79,
  'start-cut and short for its sample, other script': 3.56,
};
/** No lower limits: what people do with their voices is no fault. */
const LEAST: Readonly<Record<string, number>> = {
  'level-jump': 11,
  'level-dip': 11,
  'level-dip known': 1.5,
  'too-long new': 4.5,
  'too-short new': 3,
  'cut-off and short': 2.8,
  'too-short by its sample': 3,
  'too-fast by its sample': 3,
  'start-cut and short for its sample': 2.8,
  'start-cut by its letters': 2.8,
  'start-cut by its letters and its sample': 2.8,
  'start-cut by its letters, new': 2.8,
  'other-voice': 2.3,
  'other-voice of the cast': 1.3,
};
/** What a fault without a target counts, beside one with a target; and how far a target is exceeded, for other people. */
const NO_TARGET_WEIGHT = 0.05;
const TARGET_MARGIN = 0.02;
/** What all faults together may lose when a limit is raised, to be as far from good takes as from bad ones; steps of that. */
const MOST_LOST = 0.01;
const RAISES = 60;

/** The limits. `targets`: the share of each fault that is to be found; undefined where it is only told. */
export function thresholdsFor(takes: readonly FitTake[], targets: ReadonlyMap<string, number | undefined>): Thresholds {
  const ladders = SCORES.map(({ name }, score) => ladderOf(takes, { name, score }));
  const steps = SCORES.map(({ name }) => SHARES.indexOf(FIRST_SHARES[name] ?? 0));
  const doubts = takes.map((take) => Number(take.isDoubted));
  const flag = (score: number, step: number) =>
    takes.flatMap(({ scores }, index) => (isBetween(scores[score], ladders[score]!, step) ? [index] : []));
  const flags = SCORES.map((_, score) => ladders[score]!.map((_limit, step) => flag(score, step)));
  for (const [score, first] of steps.entries())
    for (const index of flags[score]!.slice(0, first + 1).flat()) doubts[index]! += 1;
  const sum = tally(takes, targets);
  for (const [index, count] of doubts.entries()) if (count > 0) sum.add(index);
  for (;;) {
    let best: { score: number; step: number; worth: number } | undefined;
    for (let score = 0; score < SCORES.length; score++) {
      // A step alone may gain nothing when the next one does.
      const fresh: number[] = [];
      for (let step = steps[score]! + 1; step < ladders[score]!.length; step++) {
        fresh.push(...flags[score]![step]!.filter((index) => doubts[index] === 0));
        const { gain, cost } = sum.would(fresh);
        if (cost === undefined) break;
        const worth = gain / (cost + 0.0003);
        if (gain > 0 && worth > (best?.worth ?? 0)) best = { score, step, worth };
      }
    }
    if (best === undefined) break;
    for (let step = steps[best.score]! + 1; step <= best.step; step++)
      for (const index of flags[best.score]![step]!) if (doubts[index]!++ === 0) sum.add(index);
    steps[best.score] = best.step;
  }
  const limits = SCORES.map((_, score) => ladders[score]![steps[score]!] ?? Infinity);
  raise(takes, limits, sum.worth);
  const fitted = SCORES.flatMap(({ name }, score) =>
    Number.isFinite(limits[score]) ? [[name, Math.round(limits[score]! * 100) / 100] as const] : [],
  );
  return { ...Object.fromEntries(fitted), ...OTHER_SCRIPT };
}

/** Puts each limit in the middle between what it is and the highest with which the score alone still finds its faults. */
function raise(
  takes: readonly FitTake[],
  limits: number[],
  worth: (isFound: (index: number) => boolean) => number,
): void {
  for (let score = 0; score < limits.length; score++) {
    const limit = limits[score]!;
    const scoreOf = (index: number) => takes[index]!.scores[score] ?? -Infinity;
    const now = worth((index) => scoreOf(index) > limit);
    const values = takes
      .flatMap(({ fault, scores }) => (fault !== undefined && scores[score]! > limit ? [scores[score]!] : []))
      .sort((a, b) => a - b);
    let highest = limit;
    for (let step = 1; step < RAISES; step++) {
      const next = values[Math.floor((step / RAISES) * values.length)];
      if (next === undefined || worth((index) => scoreOf(index) > next) < now - MOST_LOST) break;
      highest = next;
    }
    limits[score] = (limit + highest) / 2;
  }
}

/**
 * The limits that a score may have, from the highest to the lowest. A share is that of the set with the most doubts: the next
 * voice is as unlike these as they are unlike each other.
 */
function ladderOf(takes: readonly FitTake[], { name, score }: { name: string; score: number }): number[] {
  const good = takes.filter(({ fault, scores }) => fault === undefined && scores[score] !== undefined);
  const sets = [...new Set(good.map(({ set, how }) => `${set} ${how}`))].map((group) =>
    good
      .filter(({ set, how }) => `${set} ${how}` === group)
      .map(({ scores }) => scores[score]!)
      .sort((a, b) => b - a),
  );
  if (sets.length === 0) return [];
  const least = LEAST[name] ?? -Infinity;
  const limits = SHARES.map((share) => Math.max(...sets.map((values) => values[Math.floor(share * values.length)]!)));
  return limits.map((limit) => Math.max(least, Math.ceil(limit * 100) / 100));
}

/** Whether a step of the ladder is the first that doubts a take. */
function isBetween(value: number | undefined, ladder: readonly number[], step: number): boolean {
  if (value === undefined || !(value > ladder[step]!)) return false;
  return step === 0 || value <= ladder[step - 1]!;
}

/** What is found so far, and what more would gain and cost. */
function tally(takes: readonly FitTake[], targets: ReadonlyMap<string, number | undefined>) {
  // A fault that one person's takes show too well must not make up for another person's.
  const groupOf = ({ fault, how, set }: FitTake) => (fault === undefined ? `\t${how}` : `${fault}\t${how}\t${set}`);
  const setCount = new Set(takes.map(({ set }) => set)).size;
  interface Group {
    isGood: boolean;
    takes: number;
    found: number;
    target: number | undefined;
  }
  const byName = new Map<string, Group>();
  const groups = takes.map((take): Group => {
    const isGood = take.fault === undefined;
    const group = byName.get(groupOf(take)) ?? { isGood, takes: 0, found: 0, target: targets.get(take.fault ?? '') };
    group.takes += 1;
    byName.set(groupOf(take), group);
    return group;
  });
  const perHow = <T>(make: () => T) => Object.fromEntries(HOWS.map((how) => [how, make()])) as Record<How, T>;
  const sentences = perHow(() => ({ takes: 0, found: 0 }));
  for (const { fault, isSentence, how } of takes) if (fault === undefined && isSentence) sentences[how].takes += 1;
  const worthOf = (share: number, target: number | undefined) =>
    (target === undefined ? NO_TARGET_WEIGHT * share : Math.min(share, target + TARGET_MARGIN)) / setCount;
  return {
    /** What it is worth to find these takes. */
    worth(isFound: (index: number) => boolean): number {
      const found = new Map<Group, number>();
      for (const [index, group] of groups.entries())
        if (!group.isGood && isFound(index)) found.set(group, (found.get(group) ?? 0) + 1);
      return [...found].reduce((sum, [{ takes: all, target }, count]) => sum + worthOf(count / all, target), 0);
    },
    add(index: number): void {
      const { fault, isSentence, how } = takes[index]!;
      groups[index]!.found += 1;
      if (fault === undefined && isSentence) sentences[how].found += 1;
    },
    would(fresh: readonly number[]): { gain: number; cost: number | undefined } {
      const more = new Map<Group, number>();
      const moreSentences = perHow(() => 0);
      for (const index of fresh) {
        const take = takes[index]!;
        const group = groups[index]!;
        more.set(group, (more.get(group) ?? 0) + 1);
        if (take.fault === undefined && take.isSentence) moreSentences[take.how] += 1;
      }
      let [gain, cost] = [0, 0];
      for (const [{ isGood, takes: all, found, target }, added] of more) {
        if (!isGood) gain += worthOf((found + added) / all, target) - worthOf(found / all, target);
        else if ((found + added) / all > BUDGET.all) return { gain: 0, cost: undefined };
        else cost += added / all;
      }
      for (const how of HOWS) {
        const { takes: all, found } = sentences[how];
        if (moreSentences[how] > 0 && (found + moreSentences[how]) / all > BUDGET.sentences)
          return { gain: 0, cost: undefined };
      }
      return { gain, cost };
    },
  };
}

/** Writes the limits into the program's file. */
export async function writeThresholds(thresholds: Thresholds): Promise<void> {
  const lines = Object.entries(thresholds).map(
    ([name, limit]) => `  ${/^\w+$/.test(name) ? name : `'${name}'`}: ${limit},`,
  );
  const source = await readFile(FILE, 'utf8');
  await writeFile(FILE, source.replace(/(: Thresholds = \{\n)[^}]*/, `$1${lines.join('\n')}\n`));
}

/** The first digits of the SHA-256 of the limits and of the model of sounds, one after the other. */
export async function thresholdsHash(): Promise<string> {
  return createHash('sha256')
    .update(await readFile(FILE))
    .update(await readFile(SOUND_MODEL_FILE))
    .digest('hex')
    .slice(0, 16);
}
