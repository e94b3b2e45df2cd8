/**
 * Matches the levels of a book's characters: one constant gain for each, over the whole book. Pure.
 *
 * A character's level is the gated loudness of all its takes in the book, from counts that are stored with each take, so
 * that no sound and no measures are read. Levels are rounded to half a LU: an edited line hardly ever changes one, so the
 * other chapters need no new master. Gains depend on the takes alone: not on the order in which they were spoken, on the
 * machine, or on earlier masters.
 */

import type { CustomMastering } from '../manifest/fields/mastering.ts';
import type { ProfileName } from '../manifest/manifest.ts';

/**
 * A loudness histogram: for each whole LUFS the number of its windows (400 ms, every 100 ms) and their mean loudness in
 * LUFS. Windows below the absolute gate of −70 LUFS are left out.
 */
export type LoudnessCounts = [lufs: number, windows: number, meanLufs: number][];

/** Gain of each character of a chapter in dB, relative to the character that speaks first in it. */
export type CharacterGains = Record<string, number>;

/** Rounding of a character's level, in LU: its gain is off by at most half of that. */
export const LEVEL_STEP_LU = 0.5;

/** Largest gain of a character relative to the book's lead, in dB. More would amplify the noise of a bad recording. */
export const MOST_CHARACTER_GAIN_DB = 8;

/** Who speaks a take, and how loud it is; `undefined` when that is unknown. */
export interface TakeLoudness {
  character: string;
  counts: LoudnessCounts | undefined;
}

/** Whether levels are set: the profile has a target, and there is more than one character. */
export function needsLevels({
  takes,
  profile,
  custom,
}: {
  takes: readonly { character: string }[];
  profile: ProfileName;
  custom?: CustomMastering;
}): boolean {
  if (profile === 'none' && custom?.loudnessLufs === undefined) return false;
  return takes.some(({ character }) => character !== takes[0]?.character);
}

/** The levels of a book's characters in whole steps of `LEVEL_STEP_LU`, and the level of the lead, who speaks longest. */
export interface BookLevels {
  steps: ReadonlyMap<string, number>;
  leadStep: number;
}

/** Gated loudness of each character over all these takes, in the order of the book; a silent character has none. */
export function bookLevels(takes: Iterable<TakeLoudness>): BookLevels {
  const totals = new Map<string, Totals>();
  for (const { character, counts } of takes) {
    if (counts === undefined) continue;
    const own = totals.get(character) ?? { windows: 0, byLufs: new Map() };
    totals.set(character, own);
    for (const [lufs, windows, meanLufs] of counts) {
      own.windows += windows;
      add(own, { lufs, windows, power: windows * 10 ** (meanLufs / 10) });
    }
  }
  const steps = new Map<string, number>();
  let lead: { windows: number; step: number } | undefined;
  for (const [character, own] of totals) {
    const lufs = gatedLufs(own);
    if (lufs === null) continue;
    const step = Math.round(lufs / LEVEL_STEP_LU);
    steps.set(character, step);
    if (lead === undefined || own.windows > lead.windows) lead = { windows: own.windows, step };
  }
  return { steps, leadStep: lead?.step ?? 0 };
}

/**
 * The gains of a chapter's characters, relative to the first of them: so a chapter stays the same when the level of a
 * character changes who does not speak in it. The chapter's own gain, solved later, sets its loudness. A silent character
 * keeps its level.
 */
export function characterGains(
  takes: readonly { character: string }[],
  { steps, leadStep }: BookLevels,
): CharacterGains {
  const most = MOST_CHARACTER_GAIN_DB / LEVEL_STEP_LU;
  const towardsLead = (character: string) =>
    Math.max(-most, Math.min(most, leadStep - (steps.get(character) ?? leadStep)));
  const first = towardsLead(takes[0]?.character ?? '');
  return Object.fromEntries(
    takes.map(({ character }) => [character, (towardsLead(character) - first) * LEVEL_STEP_LU]),
  );
}

interface Totals {
  windows: number;
  byLufs: Map<number, { windows: number; power: number }>;
}

function add({ byLufs }: Totals, more: { lufs: number; windows: number; power: number }): void {
  const own = byLufs.get(more.lufs) ?? { windows: 0, power: 0 };
  own.windows += more.windows;
  own.power += more.power;
  byLufs.set(more.lufs, own);
}

/** Windows this far below the first mean are pauses, not speech (BS.1770-4). */
const RELATIVE_GATE_LU = 10;

/** The relative gate applies to whole counts: at most 0.1 LU from a gate on single windows. */
function gatedLufs({ byLufs }: Totals): number | null {
  const counts = [...byLufs].sort(([a], [b]) => a - b).map(([, count]) => count);
  const first = meanLufs(counts);
  return first === null
    ? null
    : meanLufs(counts.filter((count) => (meanLufs([count]) ?? 0) >= first - RELATIVE_GATE_LU));
}

function meanLufs(counts: readonly { windows: number; power: number }[]): number | null {
  let windows = 0;
  let power = 0;
  for (const count of counts) {
    windows += count.windows;
    power += count.power;
  }
  return windows === 0 ? null : 10 * Math.log10(power / windows);
}
