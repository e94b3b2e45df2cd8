/** Which voices a chapter still speaks with. */
import { missingSegments, type PlannedChapter } from '../plan/plan.ts';

/** Keys of the voices that the chapter's missing segments are spoken with. */
export function speakingVoices(chapter: PlannedChapter): string[] {
  return missingSegments(chapter).flatMap(({ voice, pickup }) =>
    'enrollment' in voice && pickup === undefined ? [voice.enrollment.key] : [],
  );
}
