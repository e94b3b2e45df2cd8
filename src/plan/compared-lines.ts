/** One line of each character that gets another model: to be heard as it is, and as it would be. Pure. */
import { billedUnits } from '../models.ts';
import type { Draft } from './draft.ts';
import { spokenChapters } from './plan.ts';
import type { SynthesizeStep } from './step.ts';

/** A line to compare. */
export interface ComparedLine {
  character: string;
  text: string;
  /** With the model of the book as it is. */
  old: SynthesizeStep;
  /** With the other model; its take is the one that a later run uses. */
  next: SynthesizeStep;
}

/** A line of this length, in billed units, lets a listener judge a voice. */
const GOOD_UNITS = { least: 40, most: 200 };

/**
 * Chooses a line of each character whose takes change: one with an old take first, then one of a good length, then the
 * first. `before` and `after` are drafts of the same text. Equal input gives equal lines, so a repeated command pays nothing.
 */
export function comparedLines(before: Draft, after: Draft, hasTake: (key: string) => boolean): ComparedLine[] {
  const best = new Map<string, { line: ComparedLine; rank: number }>();
  const olds = spokenChapters(before).flatMap(({ segments }) => segments);
  const nexts = spokenChapters(after).flatMap(({ segments }) => segments);
  for (const [at, next] of nexts.entries()) {
    const old = olds[at];
    if (old === undefined || old.model === next.model || next.pickup !== undefined) continue;
    const { character, text } = next;
    const rank = (hasTake(old.key) ? 2 : 0) + (isGoodLength(text) ? 1 : 0);
    const known = best.get(character);
    if (known === undefined || rank > known.rank) best.set(character, { line: { character, text, old, next }, rank });
  }
  return [...best.values()].map(({ line }) => line);
}

function isGoodLength(text: string): boolean {
  const units = billedUnits(text);
  return units >= GOOD_UNITS.least && units <= GOOD_UNITS.most;
}
