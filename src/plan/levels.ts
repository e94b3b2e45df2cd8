/**
 * How the characters of a book are brought together: one constant gain for each, over the whole book. Pure.
 *
 * A character's level is the gated loudness of all that it says in the book, from counts that are kept with each take, so
 * that no sound and no measures are read. Levels are rounded to half a LU: an edited line hardly ever moves one, so it
 * does not make the other chapters again. Gains follow from the takes alone: not from the order in which they were
 * spoken, from the machine, or from what was mastered before.
 */
import type { ProfileName } from '../manifest/manifest.ts';
import type { CustomMastering } from '../manifest/mastering.ts';

/**
 * How often each loudness occurs in a sound: for each whole LUFS the number of its windows (400 ms, every 100 ms) and
 * their mean loudness in LUFS. Windows under the absolute gate of −70 LUFS are left out.
 */
export type LoudnessCounts = [lufs: number, windows: number, meanLufs: number][];

/** Gain of each character of a chapter in dB, against the character that speaks first in it. */
export type CharacterGains = Record<string, number>;

/** Rounding of a character's level, in LU: its gain is at most half of that from what it would be exactly. */
export const LEVEL_STEP_LU = 0.5;

/** Most that one character is moved against the book's lead, in dB. More would lift the noise of a bad recording. */
export const MOST_CHARACTER_GAIN_DB = 8;

/** One take as it is heard: who speaks, and how loud; `undefined` when that is not known. */
export interface TakeLoudness {
  character: string;
  counts: LoudnessCounts | undefined;
}

/** Whether levels are set at all, and there is more than one character to set them for. */
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

/** The levels of a book's characters in whole steps of `LEVEL_STEP_LU`, and who leads: who speaks longest. */
export interface BookLevels {
  steps: ReadonlyMap<string, number>;
  leadStep: number;
}

/** Gated loudness of each character over all these takes, in the order of the book; silent ones have none. */
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
 * The gains of a chapter's characters. Against the first of them, so that a chapter stays as it is when somebody moves who
 * does not speak in it; the chapter's own gain, solved later, sets the rest. Who is silent is left alone.
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

/** Under the first mean by so much is pause, not speech (BS.1770-4). */
const RELATIVE_GATE_LU = 10;

/** The second gate falls on whole counts: at most 0.1 LU from the gate on single windows. */
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
