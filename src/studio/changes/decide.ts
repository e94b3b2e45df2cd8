/** What people decide in the studio, as decisions in the review file: with the way back, and never about another line. */
import { isDeepStrictEqual } from 'node:util';
import { updateReviewFile } from '../../book/review-file.ts';
import { type DecidedFields, decidedFields, withApproval, withDecided } from '../../lines/decide-line.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { variationProblem, variedLine } from '../../lines/variation.ts';
import { nameKey } from '../../manifest/fields/names.ts';
import { isPickup, knownLines } from '../../plan/book-lines.ts';
import type { Approval } from '../../review/review.ts';
import { anchorOf } from '../../script/lines/line-identity.ts';
import type { Moment } from '../book/moment.ts';
import { heardChapter } from '../book/show-book.ts';
import { heardTakes } from '../heard/heard-takes.ts';
import type { ChooseRequest, DecideRequest } from '../requests.ts';
import { type DoneWords, doneWords } from '../server/done-words.ts';
import { StudioProblem } from '../server/problem.ts';
import { chapterOf } from '../sound/chapter-sounds.ts';
import type { Studio } from '../studio.ts';
import { approvalIn } from './take-back.ts';

/** Writes fields of a line's decision. Rejects with `input-unreadable` when the review file has errors or cannot be written. */
export async function decideFields(
  { undo }: Pick<Studio, 'undo'>,
  moment: Moment,
  of: { index: number; fields: DecidedFields } & DoneWords,
): Promise<void> {
  const { manifest, lines, states } = moment;
  const line = { lines: knownLines(lines), index: of.index };
  const names = Object.keys(of.fields);
  let before: DecidedFields = {};
  await updateReviewFile(manifest, (review) => {
    before = decidedFields(review, line, names);
    return withDecided(review, line, of.fields);
  });
  const after = Object.fromEntries(Object.entries(of.fields).map(([name, value]) => [name, value ?? null]));
  if (isDeepStrictEqual(before, after)) return;
  const anchor = anchorOf(line.lines, line.index);
  await undo.push({
    ...{ what: of.what, told: of.told },
    ids: [states[of.index]!.id],
    way: { kind: 'fields', line: anchor, before, after },
  });
}

/** Which take the book uses for a line. */
export async function choose(
  studio: Studio,
  moment: Moment,
  of: { index: number; choice: ChooseRequest },
): Promise<void> {
  const { index, choice } = of;
  const { lines, book, account, store } = moment;
  const line = lines[index]!;
  if ('back' in choice) {
    const fields = { take: null, say: null, direction: null };
    return decideFields(studio, moment, { index, fields, ...doneWords.back(line.number) });
  }
  if (isPickup(line))
    throw new StudioProblem(
      422,
      'recording',
      `${line.number} is a recording of the author's, so it has no other takes.`,
      { values: { number: line.number } },
    );
  const { take, say, direction } = choice;
  refuseVariation(moment, index, { say, direction });
  const varied = variedLine(book, account, line, { say, direction });
  const [takes = []] = await storedTakes(store, [varied], account.realm);
  if (!takes.some(({ number }) => number === take))
    throw new StudioProblem(404, 'take-missing', `${line.number} has no take ${take}. Nothing was changed.`, {
      values: { number: line.number, take },
    });
  const fields = { take, ...(say !== undefined && { say }), ...(direction !== undefined && { direction }) };
  await decideFields(studio, moment, { index, fields, ...doneWords.take(take, line.number) });
}

/** Throws a `StudioProblem` when a line cannot be spoken in this way. */
export function refuseVariation(
  { book, lines }: Moment,
  index: number,
  { say, direction }: { say?: string | undefined; direction?: string | undefined },
): void {
  const line = lines[index]!;
  const problem = variationProblem({ book, line, say, direction }, { say: 'other words', direction: 'a direction' });
  if (problem !== undefined) throw new StudioProblem(422, 'variation', `${problem} Nothing was done.`);
}

/** Spelling, pause, direction, speaker and approval of a line. */
export async function decide(
  studio: Studio,
  moment: Moment,
  of: { index: number; request: DecideRequest },
): Promise<void> {
  const { index, request } = of;
  const { id: _, approved, by, ...decided } = request;
  const { number } = moment.lines[index]!;
  refuseVariation(moment, index, { say: decided.say ?? undefined, direction: decided.direction ?? undefined });
  if (decided.speaker != null) refuseSpeaker(moment, decided.speaker);
  const fields: DecidedFields = { ...decided };
  if (approved !== undefined)
    fields.approved = approved === true ? approvalBy(by, heardTakes(moment.lines[index]!)) : null;
  const names = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length === 0) throw new StudioProblem(422, 'wrong-field', 'The request decides nothing.');
  const given = Object.fromEntries(names.map((name) => [name, fields[name as keyof DecidedFields]]));
  await decideFields(studio, moment, { index, fields: given, ...doneWords.fields(names, number) });
}

function refuseSpeaker({ book }: Moment, speaker: string): void {
  const key = nameKey(speaker);
  const isKnown = book.manifest.characters.some(({ name, aliases }) =>
    [name, ...aliases].some((one) => nameKey(one) === key),
  );
  if (!isKnown)
    throw new StudioProblem(422, 'unknown-speaker', `No character is named ${speaker}. Add it to the manifest first.`, {
      values: { name: speaker },
    });
}

function approvalBy(by: string | undefined, of: string): Approval {
  return { ...(by !== undefined && { by }), on: today(), of };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Adds a person's note to a line, to words of it, or to a stretch that begins with it. */
export async function comment(
  studio: Studio,
  moment: Moment,
  of: {
    index: number;
    text: string;
    about?: string | undefined;
    until?: string | undefined;
    by?: string | undefined;
  },
): Promise<void> {
  const { index, text, about, until, by } = of;
  const { number } = moment.lines[index]!;
  refuseStretch(moment, index, { about, until });
  const note = {
    text,
    ...(about !== undefined && { about }),
    ...(until !== undefined && { until, untilId: moment.states.find((state) => state.number === until)!.id }),
    ...(by !== undefined && { by }),
    on: today(),
  };
  const comments = [...(moment.decisions.get(index)?.comments ?? []), note];
  await decideFields(studio, moment, { index, fields: { comments }, ...doneWords.comment(number) });
}

/** Throws a `StudioProblem` when the line does not have these words, or no later line of its chapter has that number. */
function refuseStretch(
  { lines }: Moment,
  index: number,
  { about, until }: { about?: string | undefined; until?: string | undefined },
): void {
  const { number, words, chapter } = lines[index]!;
  if (about !== undefined && !words.includes(about))
    throw new StudioProblem(422, 'no-stretch', `${number} no longer has these words. Select them again.`);
  const last = lines.findIndex((line) => line.number === until);
  if (until !== undefined && (last <= index || lines[last]!.chapter !== chapter))
    throw new StudioProblem(
      422,
      'no-stretch',
      `${number} is not followed by a line ${until.slice(0, 20)} in its chapter.`,
    );
}

/** Approves a chapter, or takes that back. Open faults and lines that nobody has heard are named instead, unless it is to be approved anyway. */
export async function approveChapter(
  { undo }: Studio,
  moment: Moment,
  of: {
    chapter: number;
    approved: boolean;
    by?: string | undefined;
    anyway?: boolean | undefined;
    open: string[];
    unheard: string[];
  },
): Promise<void> {
  const { chapter, approved, by, anyway = false, open, unheard } = of;
  const title = chapterOf(moment, chapter)?.title;
  if (title === undefined)
    throw new StudioProblem(404, 'no-chapter', `The book has no chapter ${chapter}.`, { values: { number: chapter } });
  if (approved && !anyway) refuseUnheard(open, unheard);
  const after = approved ? approvalBy(by, heardChapter(moment, chapter)) : null;
  let before: Approval | null = null;
  await updateReviewFile(moment.manifest, (review) => {
    before = approvalIn(review, title) ?? null;
    return withApproval(review, title, after);
  });
  await undo.push({
    ...doneWords.approval(chapter, approved),
    ids: [],
    way: { kind: 'approval', title, before, after },
  });
}

function refuseUnheard(open: string[], unheard: string[]): void {
  const lines = (count: number): string => (count === 1 ? 'One line' : `${count} lines`);
  const are = (count: number): string => (count === 1 ? 'is' : 'are');
  const more = unheard.length > 0 ? { unheard } : {};
  if (open.length > 0)
    throw new StudioProblem(
      409,
      'faults-open',
      `${lines(open.length)} ${are(open.length)} still to be heard or spoken. Approve it anyway?`,
      { open, ...more, values: { n: open.length } },
    );
  if (unheard.length > 0)
    throw new StudioProblem(
      409,
      'not-heard',
      `${lines(unheard.length)} ${unheard.length === 1 ? 'has' : 'have'} not been heard. Approve it anyway?`,
      { open, ...more, values: { n: unheard.length } },
    );
}
