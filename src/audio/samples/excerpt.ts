/** A few seconds of a chapter, to hear some of its takes with what is around them. */
import { chapterRange } from '../mastering/chapter-range.ts';
import type { ChapterSound } from '../mastering/chapter-sound.ts';
import { samplesOf } from '../pcm.ts';

/** A few seconds of a chapter. */
export interface Excerpt {
  /** s16 mono. */
  samples: Int16Array;
  /** Where the takes that it is about begin and end in it. */
  startSeconds: number;
  endSeconds: number;
}

/** Length of the fade where the excerpt cuts into a take. */
const CUT_FADE_SECONDS = 0.03;

/**
 * The sound of takes `first` to `last` (0-based), as in the finished chapter but not encoded, with so many seconds of what is
 * around them. Reads only the takes that are heard. Fails with `store-damaged` and `interrupted`, as rendering does.
 */
export async function excerptOf(
  sound: ChapterSound,
  of: { first: number; last: number; aroundSeconds: number; signal?: AbortSignal },
): Promise<Excerpt> {
  const { sampleRateHz } = sound.render;
  const { placements, totalSamples } = sound.arrangement;
  const around = samplesOf(of.aroundSeconds, sampleRateHz);
  const [begin, last] = [placements[of.first]!, placements[of.last]!];
  const from = Math.max(0, begin.startSample - around);
  const to = Math.min(totalSamples, last.startSample + last.samples + around);
  const cut = new Int16Array(to - from);
  let at = 0;
  for await (const chunk of chapterRange(sound, { from, to, signal: of.signal })) {
    cut.set(chunk, at);
    at += chunk.length;
  }
  fadeEdges(cut, Math.min(samplesOf(CUT_FADE_SECONDS, sampleRateHz), cut.length >> 1));
  return {
    samples: cut,
    startSeconds: (begin.startSample - from) / sampleRateHz,
    endSeconds: (last.startSample + last.samples - from) / sampleRateHz,
  };
}

function fadeEdges(samples: Int16Array, fadeSamples: number): void {
  for (let i = 0; i < fadeSamples; i++) {
    const factor = i / fadeSamples;
    samples[i] = Math.round(samples[i]! * factor);
    samples[samples.length - 1 - i] = Math.round(samples[samples.length - 1 - i]! * factor);
  }
}
