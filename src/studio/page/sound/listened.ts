/** Which lines were really played to their end, from where the sound is. Pure. */
import type { Stretch } from './timeline.ts';

/** The part of a sound that was played without a gap. */
export type Played = Stretch;

/** A beginning and an end that were missed by less than this count as heard, in milliseconds; of a short line, a quarter. */
const MISSED_MS = 150;

/** The played part when the sound has come to a time by playing. */
export function playedTo(played: Played, ms: number): Played {
  return { startMs: played.startMs, endMs: Math.max(played.endMs, ms) };
}

/** The played part after a jump to a time: a jump back into what was played loses nothing. */
export function jumpedTo(played: Played | undefined, ms: number): Played {
  if (played !== undefined && ms >= played.startMs && ms <= played.endMs) return played;
  return { startMs: ms, endMs: ms };
}

/** Indexes of the stretches that lie in what was played. Stretches are in order. */
export function heardIn(stretches: readonly Stretch[], played: Played, from = 0): number[] {
  const found: number[] = [];
  for (let index = from; index < stretches.length; index++) {
    const { startMs, endMs } = stretches[index]!;
    if (startMs > played.endMs) break;
    const missed = Math.min(MISSED_MS, (endMs - startMs) / 4);
    if (played.startMs <= startMs + missed && played.endMs >= endMs - missed) found.push(index);
  }
  return found;
}
