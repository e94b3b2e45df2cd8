/** A part of a chapter's sound, so that a player can begin anywhere: only the takes that are heard in it are read. */
import type { ChapterSound } from './chapter-sound.ts';
import { renderChapter } from './render.ts';
import { ROOM_TONE_SAMPLES } from './room-tone.ts';

/** Which samples: from the first to just before `to`. */
export interface SampleRange {
  from: number;
  to: number;
  signal?: AbortSignal | undefined;
}

/**
 * Exactly the samples of the range, as the rendered chapter has them; its memory is overwritten with the next chunk. Fails with
 * `store-damaged` and `interrupted`, as rendering does.
 */
export async function* chapterRange(
  { render, arrangement }: ChapterSound,
  { from, to, signal }: SampleRange,
): AsyncGenerator<Int16Array> {
  const { placements } = arrangement;
  const heard = [...placements.keys()].filter(
    (at) => placements[at]!.startSample < to && placements[at]!.startSample + placements[at]!.samples > from,
  );
  const begin = Math.min(from, ...heard.slice(0, 1).map((at) => placements[at]!.startSample));
  // The room tone is a loop: from a multiple of its length it has the same phase as in the chapter.
  const base = begin - (begin % ROOM_TONE_SAMPLES);
  const end = Math.max(to, ...heard.slice(-1).map((at) => placements[at]!.startSample + placements[at]!.samples));
  const chunks = renderChapter({
    ...render,
    takes: heard.map((at) => render.takes[at]!),
    arrangement: {
      placements: heard.map((at) => ({ ...placements[at]!, startSample: placements[at]!.startSample - base })),
      totalSamples: end - base,
    },
    ...(signal && { signal }),
  });
  let at = base;
  for await (const chunk of chunks) {
    const part = chunk.subarray(Math.max(0, from - at), Math.max(0, Math.min(chunk.length, to - at)));
    if (part.length > 0) yield part;
    at += chunk.length;
    if (at >= to) return;
  }
}
