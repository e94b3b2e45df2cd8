import { BLOCKS_PER_SECOND } from '../measure/loudness.ts';
import { silencePower } from '../measure/measures.ts';

/** Length of the part of a long recording to use. Source: voice-replica page, 2025-08 (10 to 20 s is best). */
const LEAST_SECONDS = 10;
const MOST_SECONDS = 20;
/** Shortest pause to cut in. */
const PAUSE_SECONDS = 0.15;
/** Silence to keep before the first and after the last word. */
const MARGIN_SECONDS = 0.2;
/** A pause of this length is a gap, which makes a sample worse. */
const GAP_SECONDS = 0.5;

/**
 * The best 10 to 20 seconds of a voice sample: begins and ends in pauses, with the most speech and the fewest gaps. Without
 * pauses, the loudest 15 seconds, cut at quiet blocks. `power` is the mean square of each 10 ms.
 */
export function bestWindow(power: ArrayLike<number>): { startSeconds: number; endSeconds: number } {
  const threshold = silencePower(power);
  const speech = Array.from(power, (value) => value >= threshold);
  const score = runningScore(speech);
  const cuts = cutsOf(speech);
  let best: { start: number; end: number; worth: number } | undefined;
  for (const [index, { end: start }] of cuts.entries()) {
    for (const { start: end } of cuts.slice(index + 1)) {
      const seconds = (end - start) / BLOCKS_PER_SECOND + 2 * MARGIN_SECONDS;
      if (seconds < LEAST_SECONDS) continue;
      if (seconds > MOST_SECONDS) break;
      const ofThis = score[end]! - score[start]!;
      if (best === undefined || ofThis > best.worth) best = { start, end, worth: ofThis };
    }
  }
  const { start, end } = best ?? loudestWindow(power);
  const margin = best === undefined ? 0 : MARGIN_SECONDS * BLOCKS_PER_SECOND;
  return {
    startSeconds: Math.max(0, start - margin) / BLOCKS_PER_SECOND,
    endSeconds: Math.min(power.length, end + margin) / BLOCKS_PER_SECOND,
  };
}

/** Pauses as block ranges; the beginning and the end of the recording count as pauses. */
function cutsOf(speech: readonly boolean[]): { start: number; end: number }[] {
  const cuts = [{ start: 0, end: Math.max(0, speech.indexOf(true)) }];
  for (let i = cuts[0]!.end; i < speech.length; i++) {
    if (speech[i]) continue;
    const start = i;
    while (i < speech.length && !speech[i]) i++;
    if (i - start >= PAUSE_SECONDS * BLOCKS_PER_SECOND || i === speech.length) cuts.push({ start, end: i });
  }
  if (cuts.at(-1)!.end < speech.length) cuts.push({ start: speech.length, end: speech.length });
  return cuts;
}

/** Running sum: blocks of speech minus twice the blocks of gaps. */
function runningScore(speech: readonly boolean[]): Float64Array {
  const score = new Float64Array(speech.length + 1);
  let silent = 0;
  for (const [i, isSpeech] of speech.entries()) {
    silent = isSpeech ? 0 : silent + 1;
    score[i + 1] = score[i]! + (isSpeech ? 1 : silent > GAP_SECONDS * BLOCKS_PER_SECOND ? -2 : 0);
  }
  return score;
}

function loudestWindow(power: ArrayLike<number>): { start: number; end: number } {
  const length = Math.min(power.length, 15 * BLOCKS_PER_SECOND);
  let total = 0;
  let best = { start: 0, total: -1 };
  for (let i = 0; i < power.length; i++) {
    total += power[i]!;
    if (i >= length) total -= power[i - length]!;
    if (i >= length - 1 && total > best.total) best = { start: i - length + 1, total };
  }
  const start = quietestNear(power, best.start);
  return { start, end: Math.min(power.length, quietestNear(power, best.start + length)) };
}

/** The quietest block from a second before to half a second after. */
function quietestNear(power: ArrayLike<number>, at: number): number {
  let quietest = Math.min(at, power.length);
  const to = Math.min(power.length - 1, at + BLOCKS_PER_SECOND / 2);
  for (let i = Math.max(0, at - BLOCKS_PER_SECOND); i <= to; i++) {
    if (power[i]! < (power[quietest] ?? Infinity)) quietest = i;
  }
  return quietest;
}
