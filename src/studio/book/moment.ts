/** A book at one moment: its lines with their takes and decisions, and what a run would still make. */
import { createHash } from 'node:crypto';
import { readReviewFile } from '../../book/review-file.ts';
import { type LineState, lineStates } from '../../lines/line-states.ts';
import type { NumberedKeys } from '../../lines/stored-takes.ts';
import { knownLines } from '../../plan/book-lines.ts';
import type { Plan } from '../../plan/plan.ts';
import { linesOfDecisions } from '../../review/apply.ts';
import { joinDecisions } from '../../review/merge.ts';
import { type Decision, EMPTY_REVIEW, type Review } from '../../review/review.ts';
import { planRun } from '../../run/plan.ts';
import type { StudioBook } from '../dependencies.ts';

/** A book at one moment. Nothing in it changes. */
export interface Moment extends StudioBook {
  plan: Plan;
  /** One for each line of `lines`. */
  states: LineState[];
  review: Review;
  /** By the index of their lines. */
  decisions: ReadonlyMap<number, Decision>;
  /** Decisions whose line is gone. */
  orphans: Decision[];
  version: string;
  /** Why what is written now cannot be read: this is the book as it was before. */
  errors?: string;
  /** Where the store was that is not there any more: this is the book as it was before. */
  storeGone?: string;
}

/** The moment of a book that was just read. `files` says in which state its files are; `known` is kept from moment to moment. */
export async function momentOf(opened: StudioBook, files: string, known?: NumberedKeys): Promise<Moment> {
  const { store, book, account, draft, lines, manifest } = opened;
  const [plan, states, read] = await Promise.all([
    planRun({ book, store, account }),
    lineStates({ store, realm: account.realm, draft, lines, all: lines, ...(known && { known }) }),
    readReviewFile(manifest),
  ]);
  const review = read?.review ?? EMPTY_REVIEW;
  const decided = decisionsByLine(review, opened);
  const version = hashOf([
    files,
    plan.chapters.map(({ master }) => [master.step.key, master.need, master.step.characterGainsDb]),
    states.map(({ numbers, chosen, verdict, doubts }) => [numbers, chosen, verdict, doubts.length]),
  ]);
  return { ...opened, plan, states, review, ...decided, version };
}

function decisionsByLine(review: Review, { lines }: Pick<StudioBook, 'lines'>): Pick<Moment, 'decisions' | 'orphans'> {
  const decisions = new Map<number, Decision>();
  const orphans: Decision[] = [];
  const found = linesOfDecisions(review.lines, knownLines(lines));
  for (const [at, decision] of review.lines.entries()) {
    const index = found[at];
    if (index === undefined) orphans.push(decision);
    else {
      const other = decisions.get(index);
      decisions.set(index, other === undefined ? decision : joinDecisions(other, decision).decision);
    }
  }
  return { decisions, orphans };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
