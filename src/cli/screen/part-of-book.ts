/** Words for a run or a plan for some chapters. */
import type { PartOfBook } from '../../events/plan-report.ts';
import { rangesText } from '../../plan/only-chapters.ts';

/** `Only chapter 3 of 12`, `Only chapters 2–4, 7 of 12`. */
export function partText({ chapters, of }: PartOfBook): string {
  return `Only ${chapters.length === 1 ? 'chapter' : 'chapters'} ${rangesText(chapters)} of ${of}`;
}
