/** Phase 4, speak: every missing segment. A chapter is mastered and delivered as soon as its last segment is spoken. */
import type { PlannedChapter } from '../plan/plan.ts';
import { submitChapters } from '../queue/submit.ts';
import { longestOfLastLinesFirst } from './last-lines.ts';
import { chapterSteps, type PhaseEnd, type Round } from './round.ts';
import type { Run } from './run.ts';

/** Speaks and masters the chapters whose voices are available; reports those that lack one. */
export async function speakChapters(round: Round): Promise<PhaseEnd> {
  const { run, queue, runId, withoutVoice, finish } = round;
  const { urgent = false } = run.options;
  const chapters = round.chapters.filter((chapter) => {
    if (!withoutVoice.has(chapter) && !hasVoices(run, chapter)) withoutVoice.add(chapter);
    return !withoutVoice.has(chapter);
  });
  run.tally.startSpeaking();
  const inOrder = chapters.map((chapter) => chapterSteps(round, chapter));
  const steps = longestOfLastLinesFirst(inOrder, run.options.terms.sessionsAtOnce);
  const end = await finish(await submitChapters(queue, { runId, chapters: steps, urgent }));
  if (end === 'done') await run.deliveries.settled();
  return end;
}

/** Whether every voice that the chapter still needs is enrolled; otherwise reports the chapter as failed. */
function hasVoices({ tally, options: { emit } }: Run, chapter: PlannedChapter): boolean {
  const missing = tally.voices.missingFor(chapter);
  if (missing === undefined) return true;
  const { number: index, title } = chapter;
  const message = `There is no voice for ${missing.characters.join(', ')}.`;
  emit({ type: 'chapter.failed', index, title, code: missing.failure.code, message });
  return false;
}
