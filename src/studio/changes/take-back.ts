/** Takes back what was done in a studio, unless somebody has changed the same since. */
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { takeBackEdit } from '../../book/edit/edit-text.ts';
import { updateReviewFile } from '../../book/review-file.ts';
import { decidedFields, withApproval, withDecided } from '../../lines/decide-line.ts';
import { knownLines } from '../../plan/book-lines.ts';
import type { Review } from '../../review/review.ts';
import { type KnownLine, resolveAnchors } from '../../script/lines/line-identity.ts';
import { takeBackNames } from '../attributions/attribute.ts';
import type { Moment } from '../book/moment.ts';
import { inTurn, type Moved, type OfStudio, putBack } from '../proposals/proposal-folder.ts';
import { StudioProblem } from '../server/problem.ts';
import type { Done, WayBack } from './undo.ts';

/** Throws a `StudioProblem` when it is not as it was left; it then stays as it is. */
export async function takeBack(given: OfStudio['given'], moment: Moment, { what, way }: Done): Promise<void> {
  const { manifest, book, lines } = moment;
  if (way.kind === 'names') {
    if (!(await takeBackNames({ given }, moment, way))) throw changedSince(what);
    return;
  }
  if (way.kind === 'file') {
    const path = join(book.folder, way.file);
    if (!(await takeBackEdit({ path, folder: book.folder, edit: way.edit }))) throw changedSince(what);
    // The text is as it was, also where another proposal of that name is there by now.
    if (way.proposal !== undefined) await proposeAgain(given, moment, way.proposal);
    return;
  }
  if (way.kind === 'proposal') {
    if (!(await proposeAgain(given, moment, way.proposal))) throw changedSince(what);
    return;
  }
  const change = way.kind === 'approval' ? approvalBefore(way) : fieldsBefore(way, knownLines(lines));
  let isAsLeft = false;
  await updateReviewFile(manifest, (review) => {
    const before = change(review);
    isAsLeft = before !== undefined;
    return before ?? review;
  });
  if (!isAsLeft) throw changedSince(what);
}

/** Returns whether the proposal is among the others again. */
async function proposeAgain(given: OfStudio['given'], moment: Moment, moved: readonly Moved[]): Promise<boolean> {
  const proposals = await given.proposalsFolder(moment);
  if (proposals === undefined) return false;
  return inTurn(proposals.folder, () => putBack(proposals.folder, moved));
}

type Change = (review: Review) => Review | undefined;

function approvalBefore({ title, before, after }: Extract<WayBack, { kind: 'approval' }>): Change {
  return (review) => (isSame(approvalIn(review, title), after) ? withApproval(review, title, before) : undefined);
}

function fieldsBefore(way: Extract<WayBack, { kind: 'fields' }>, lines: readonly KnownLine[]): Change {
  const [index] = resolveAnchors([way.line], lines);
  if (index === undefined) return () => undefined;
  const line = { lines, index };
  const names = Object.keys(way.after);
  return (review) =>
    isSame(decidedFields(review, line, names), way.after) ? withDecided(review, line, way.before) : undefined;
}

/** The approval of a chapter in a review; null when there is none. */
export function approvalIn({ chapters }: Review, title: string): Review['approved'] | null {
  return chapters.find((one) => one.title === title)?.approved ?? null;
}

/** As a journal keeps it: what is undefined is not there. */
function isSame(now: unknown, then: unknown): boolean {
  const kept = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return isDeepStrictEqual(kept(now), kept(then));
}

function changedSince(what: string): StudioProblem {
  return new StudioProblem(409, 'changed-since', `Somebody has changed this since: ${what}. It stays as it is.`);
}
