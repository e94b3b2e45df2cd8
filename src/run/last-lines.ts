/** The order in which the last lines of a book are begun: the longest first, so that all sessions end at nearly the same time. Pure. */
import type { SynthesizeStep } from '../plan/step.ts';
import { expectedSpeech } from '../qc/expected-speech.ts';

/** Lines per session that are reordered: enough for the short ones to fill the gaps that the long ones leave. */
const LINES_A_SESSION = 2;

/**
 * Returns the chapters with the last lines of the book, two for each session, longest first within each chapter. When fewer
 * lines than sessions are left, the whole book waits for a long line that begins last. Chapters keep their order, because each is
 * mastered when its last line is spoken.
 */
export function longestOfLastLinesFirst<C extends { segments: readonly SynthesizeStep[] }>(
  chapters: readonly C[],
  sessions: number,
): C[] {
  if (sessions <= 1) return [...chapters];
  let left = sessions * LINES_A_SESSION;
  return chapters
    .toReversed()
    .map((chapter) => {
      const { segments } = chapter;
      const from = Math.max(0, segments.length - left);
      left -= segments.length - from;
      return { ...chapter, segments: [...segments.slice(0, from), ...longestFirst(segments.slice(from))] };
    })
    .toReversed();
}

function longestFirst(segments: readonly SynthesizeStep[]): SynthesizeStep[] {
  const timed = segments.map((segment) => ({ segment, seconds: expectedSpeech(segment.text).seconds }));
  return timed.sort((a, b) => b.seconds - a.seconds).map(({ segment }) => segment);
}
