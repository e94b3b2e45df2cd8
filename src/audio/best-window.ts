import { BLOCKS_PER_SECOND } from './loudness.ts';
import { silencePower } from './measures.ts';

/** Length of what is cut out of a long recording. Source: voice-replica page, 2025-08 (10 to 20 s is best). */
const LEAST_SECONDS = 10;
const MOST_SECONDS = 20;
/** A pause long enough to cut in. */
const PAUSE_SECONDS = 0.15;
/** Silence left before the first and after the last word. */
const MARGIN_SECONDS = 0.2;
/** A pause this long is a gap: it makes a sample worse. */
const GAP_SECONDS = 0.5;

/**
 * The best 10 to 20 seconds of a recording to clone from, in seconds: begins and ends in pauses and holds the most speech
 * with the fewest gaps. `power` is the mean square of each 10 ms. Where nobody pauses it is the loudest 15 seconds, cut
 * where they are quietest.
 */
export function bestWindow(power: ArrayLike<number>): { startSeconds: number; endSeconds: number } {
  const threshold = silencePower(power);
  const speech = Array.from(power, (value) => value >= threshold);
  const worth = runningWorth(speech);
  const cuts = cutsOf(speech);
  let best: { start: number; end: number; worth: number } | undefined;
  for (const [index, { end: start }] of cuts.entries()) {
    for (const { start: end } of cuts.slice(index + 1)) {
      const seconds = (end - start) / BLOCKS_PER_SECOND + 2 * MARGIN_SECONDS;
      if (seconds < LEAST_SECONDS) continue;
      if (seconds > MOST_SECONDS) break;
      const ofThis = worth[end]! - worth[start]!;
      if (best === undefined || ofThis > best.worth) best = { start, end, worth: ofThis };
    }
  }
  const { start, end } = best ?? unbroken(power);
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

/** Up to each block: blocks of speech, less twice the blocks of gaps. */
function runningWorth(speech: readonly boolean[]): Float64Array {
  const worth = new Float64Array(speech.length + 1);
  let silent = 0;
  for (const [i, isSpeech] of speech.entries()) {
    silent = isSpeech ? 0 : silent + 1;
    worth[i + 1] = worth[i]! + (isSpeech ? 1 : silent > GAP_SECONDS * BLOCKS_PER_SECOND ? -2 : 0);
  }
  return worth;
}

function unbroken(power: ArrayLike<number>): { start: number; end: number } {
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

/** The quietest block within half a second after or a second before. */
function quietestNear(power: ArrayLike<number>, at: number): number {
  let quietest = Math.min(at, power.length);
  const to = Math.min(power.length - 1, at + BLOCKS_PER_SECOND / 2);
  for (let i = Math.max(0, at - BLOCKS_PER_SECOND); i <= to; i++) {
    if (power[i]! < (power[quietest] ?? Infinity)) quietest = i;
  }
  return quietest;
}
