/** Which voices a chapter still needs. */
import { missingSegments, type PlannedChapter } from '../plan/plan.ts';

/** Keys of the cloned voices of the chapter's missing segments. */
export function speakingVoices(chapter: PlannedChapter): string[] {
  return missingSegments(chapter).flatMap(({ voice, pickup }) =>
    'enrollment' in voice && pickup === undefined ? [voice.enrollment.key] : [],
  );
}
