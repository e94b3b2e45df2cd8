/** The lines that someone should hear, worst first. An inconclusive check is no fault, and what was approved is heard. */
import { suspects } from '../../lines/line-states.ts';
import { badnessOf } from '../../qc/take.ts';
import type { HeardLines } from '../heard/heard.ts';
import { isApproved } from '../heard/heard-takes.ts';
import type { Suspect } from '../shapes.ts';
import type { ChapterSounds } from '../sound/chapter-sounds.ts';
import type { Moment } from './moment.ts';
import { showLine } from './show-line.ts';

/** More than a refused line can have. */
const REFUSED_BADNESS = 1_000;

/** All of them, with their places. Lays out the chapters that have any. */
export async function showSuspects(
  moment: Moment,
  { sounds, heard }: { sounds: ChapterSounds; heard: HeardLines },
): Promise<Suspect[]> {
  const indexes = new Map(moment.states.map((state, index) => [state, index]));
  const open = suspects(moment.states).filter((state) => !isApproved(moment, indexes.get(state)!));
  return Promise.all(
    open.map(async (state): Promise<Suspect> => {
      const chapter = await sounds.of(moment, state.chapter);
      if (chapter === undefined) throw new Error('Internal error: a line of a chapter that is not in the plan.');
      const line = showLine(moment, indexes.get(state)!, { chapter, heard });
      const reasons = [
        ...line.doubts.map(({ reason }) => reason),
        ...(line.refusal === undefined ? [] : [line.refusal]),
      ];
      const badness = state.verdict === 'parked' ? REFUSED_BADNESS : badnessOf(state.doubts);
      return { ...line, reasons, badness };
    }),
  );
}
