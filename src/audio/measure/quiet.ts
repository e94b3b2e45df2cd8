/** Which 10 ms blocks of a finished file a listener hears as a pause: silence, or noise alone, of any colour. */
import { BLOCKS_PER_SECOND } from './loudness.ts';
import { gatedMean } from './measures.ts';

/** A file's pauses, block by block. */
export interface QuietBlocks {
  /** 1 where nothing is heard but the room: head, tail, and the silence between words. */
  silent: Uint8Array;
  /** 1 where nobody speaks: also where noise stands that is louder than a silence may be. */
  pause: Uint8Array;
}

// Silence is 40 dB below the speech: below breaths and most consonants. The limits prevent a whisper from being all silence
// and a shout from hiding soft ends. Where the room is louder, silence is a little above the room, far below the speech.
const SILENCE_BELOW_SPEECH = 10 ** (-40 / 10);
const LEAST_SILENCE = 10 ** (-70 / 10);
const MOST_SILENCE = 10 ** (-50 / 10);
const SILENCE_ABOVE_ROOM = 10 ** (6 / 10);
const ROOM_BELOW_SPEECH = 10 ** (-25 / 10);
/** The room is what is heard in the quietest quarter second: 50 ms of pink or brown noise may be 10 dB below the rest of it. */
const ROOM_BLOCKS = BLOCKS_PER_SECOND / 4;

/** A pause is this far below the speech. */
const PAUSE_BELOW_SPEECH = 10 ** (-25 / 10);
/** Noise alone is steady for half a second; speech rises and falls with each syllable. */
const STEADY_BLOCKS = BLOCKS_PER_SECOND / 2;
const STEADY_WITHIN = 10 ** (6 / 10);
/** Louder steady sound is taken for a sung or held vowel. */
const STEADY_BELOW_SPEECH = 10 ** (-7 / 10);

/** At both ends of a file, noise alone is heard as such in less time: it is as loud as where the file is quietest. */
const END_BLOCKS = 0.15 * BLOCKS_PER_SECOND;

/** Each value is the mean of five blocks, because single blocks of coloured noise vary by 10 dB. */
const SMOOTH_BLOCKS = 5;

/**
 * Finds the pauses. `loudness` is the K-weighted mean square of each block: it hears rumble as little as a listener does, so
 * the slow swing of brown noise does not pass for a word.
 */
export function quietBlocks(loudness: Float32Array): QuietBlocks {
  const level = smoothed(loudness);
  const speech = gatedMean(loudness, gatedMean(loudness, 1e-7) / 10);
  const room = quietestMean(loudness, ROOM_BLOCKS);
  const quiet = Math.min(MOST_SILENCE, Math.max(LEAST_SILENCE, speech * SILENCE_BELOW_SPEECH));
  const silence = Math.max(quiet, Math.min(room * SILENCE_ABOVE_ROOM, speech * ROOM_BELOW_SPEECH));
  // A sudden sound lifts the mean of the blocks before it, and a single loud block is no sound.
  const silent = new Uint8Array(level.length);
  const pause = new Uint8Array(level.length);
  for (let i = 0; i < level.length; i++) {
    const value = level[i]!;
    if (value < silence || loudness[i]! < silence) silent[i] = pause[i] = 1;
    else if (value < speech * PAUSE_BELOW_SPEECH) pause[i] = 1;
  }
  const mark = (from: number, to: number): void => {
    silent.fill(1, from, to);
    pause.fill(1, from, to);
  };
  markSteady(level, speech * STEADY_BELOW_SPEECH, mark);
  markEnds(level, Math.min(room * SILENCE_ABOVE_ROOM, speech * STEADY_BELOW_SPEECH), mark);
  return { silent, pause };
}

/** Calls `onSteady` for each half second below `most` in which the level stays within a few dB. */
function markSteady(level: Float32Array, most: number, onSteady: (from: number, to: number) => void): void {
  let from = 0;
  let low = Infinity;
  let high = 0;
  for (let i = 0; i < level.length; i++) {
    const value = level[i]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (value < most && high <= low * STEADY_WITHIN) {
      if (i + 1 - from >= STEADY_BLOCKS) onSteady(from, i + 1);
      continue;
    }
    // The longest steady stretch that ends here.
    low = high = value;
    from = value < most ? i : i + 1;
    while (value < most && from > 0) {
      const before = level[from - 1]!;
      if (before >= most || Math.max(high, before) > Math.min(low, before) * STEADY_WITHIN) break;
      low = Math.min(low, before);
      high = Math.max(high, before);
      from -= 1;
    }
  }
}

/** Calls `onEnd` for what is below `most` at the start and at the end, where that lasts 0.15 s. */
function markEnds(level: Float32Array, most: number, onEnd: (from: number, to: number) => void): void {
  const first = level.findIndex((value) => value >= most);
  const last = level.findLastIndex((value) => value >= most);
  if (first >= END_BLOCKS) onEnd(0, first);
  if (first >= 0 && level.length - 1 - last >= END_BLOCKS) onEnd(last + 1, level.length);
}

function smoothed(values: Float32Array): Float32Array {
  const reach = SMOOTH_BLOCKS >> 1;
  const smooth = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const from = Math.max(0, i - reach);
    const end = Math.min(values.length, i + reach + 1);
    let total = 0;
    for (let k = from; k < end; k++) total += values[k]!;
    smooth[i] = total / (end - from);
  }
  return smooth;
}

function quietestMean(values: Float32Array, width: number): number {
  let total = 0;
  let least = Infinity;
  for (let i = 0; i < values.length; i++) {
    total += values[i]!;
    if (i >= width) total -= values[i - width]!;
    if (i >= width - 1) least = Math.min(least, total);
  }
  return least === Infinity ? 0 : Math.max(0, least / width);
}
