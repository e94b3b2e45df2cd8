/** What a person does with a line: each is one request, whose answer is shown at once. */
import type {
  Accepted,
  CommentRequest,
  DecideRequest,
  LineAnswer,
  PriceRequest,
  Undone,
  Words,
} from '../../requests.ts';
import type { Job, Line, Price, Take } from '../../shapes.ts';
import { matchedVolume } from '../sound/level-match.ts';
import { playChapter, playTake } from '../sound/player.ts';
import { doneText } from '../text/server-words.ts';
import { t } from '../words/words.ts';
import { personName } from './kept.ts';
import { noteJob, refreshSoon } from './live.ts';
import { tellDone } from './notices.ts';
import { get, post } from './request.ts';
import { attempt, book, chapters, lineOf, loadChapter, loadTakes, noteLineChange, takes } from './studio.ts';

/** What is heard before and after a line, in milliseconds. */
const AROUND_MS = 2_000;

/** The name to sign with; nothing when no name was given. */
export function signed(): { by?: string } {
  const by = personName.value.trim();
  return by === '' ? {} : { by };
}

/** Plays a line with what is around it. */
export async function hearInContext(number: string): Promise<void> {
  const chapter = Number(number.split(':')[0]);
  // A line of the queue may be of a chapter that was not opened yet; its place in time is the chapter's to tell.
  if (!chapters.value.has(chapter)) await attempt(() => loadChapter(chapter));
  const line = lineOf(number);
  if (line === undefined) return;
  playChapter(chapter, line.startMs - AROUND_MS, { line: number, untilMs: line.endMs + AROUND_MS });
}

/** Plays a take by itself, as loud as the others. */
export function hearTake(number: string, take: Take, fromMs?: number): void {
  playTake(number, take.number, {
    volume: matchedVolume(take, takes.value.get(number) ?? []),
    ...(fromMs !== undefined && { fromMs }),
  });
}

/** Uses a take. */
export async function chooseTake(line: Line, take: number): Promise<void> {
  const { say, direction } = line.decision ?? {};
  const more = { ...(say !== undefined && { say }), ...(direction !== undefined && { direction }) };
  await change(line, 'choose', { take, id: line.id, ...more });
  await attempt(() => loadTakes(line.number));
}

/** Takes back everything that was decided about how a line sounds. */
export async function putBack(line: Line): Promise<void> {
  const { decision = {} } = line;
  if (!(await change(line, 'choose', { back: true, id: line.id }))) return;
  const left = (['say', 'pause', 'direction', 'speaker'] as const).filter((name) => decision[name] !== undefined);
  if (left.length > 0) await decide(line, Object.fromEntries(left.map((name) => [name, null])));
  await attempt(() => loadTakes(line.number));
}

/** Decides something else about a line. */
export async function decide(line: Line, decision: Omit<DecideRequest, 'id'>): Promise<boolean> {
  return await change(line, 'decide', { id: line.id, ...decision, ...signed() });
}

/** Adds a comment. */
export async function comment(line: Line, note: Pick<CommentRequest, 'text' | 'about' | 'until'>): Promise<boolean> {
  return await change(line, 'comments', { ...note, id: line.id, ...signed() });
}

/** Replaces the take by a recording: a WAV file. */
export async function record(line: Line, wav: ArrayBuffer): Promise<boolean> {
  const fine = await change(line, 'recording', wav);
  if (fine) {
    tellDone(t('recordingStored'));
    await attempt(() => loadTakes(line.number));
  }
  return fine;
}

async function change(line: Line, what: string, body: object | ArrayBuffer): Promise<boolean> {
  return await attempt(async () => {
    const answer = await post<LineAnswer>(`/lines/${line.number}/${what}`, body);
    noteLineChange(answer.line);
    refreshSoon();
  });
}

/** The price of speaking a line. Throws `RefusedRequest`. */
export async function priceOf(number: string, request: PriceRequest): Promise<Price> {
  return await post<Price>(`/lines/${number}/price`, request);
}

/** Speaks a line again. Throws `RefusedRequest`: 409 with the new price when it has risen. */
export async function retake(line: Line, request: PriceRequest & { takes: number }, agreed: number): Promise<void> {
  await watchJob(await post<Accepted>(`/lines/${line.number}/retake`, { ...request, agreed }));
}

/** The price of making what has changed. Throws `RefusedRequest`. */
export async function applyPrice(chapterNumbers?: readonly number[]): Promise<Price> {
  return await post<Price>('/apply/price', chapterNumbers ? { chapters: chapterNumbers } : {});
}

/** Makes what has changed; returns the job's ID. Throws `RefusedRequest`. */
export async function apply(chapterNumbers: readonly number[] | undefined, agreed: number): Promise<string> {
  const accepted = await post<Accepted>('/apply', { ...(chapterNumbers && { chapters: chapterNumbers }), agreed });
  await watchJob(accepted);
  return accepted.job;
}

/** Shows a job from its beginning: the stream tells what follows. */
async function watchJob({ job }: Accepted): Promise<void> {
  await attempt(async () => noteJob(await get<Job>(`/jobs/${job}`)));
}

/** New words of a line in the author's text; with `preview` only what would change. Throws `RefusedRequest`. */
export async function editWords(line: Line, request: { words: string; of: string; preview: boolean }): Promise<Words> {
  return await post<Words>(`/lines/${line.number}/words`, { id: line.id, ...request });
}

/** Adds a word to the book's word list. */
export async function addWord(term: string, say: string): Promise<boolean> {
  const fine = await attempt(() => post('/words', { term, say }));
  if (fine) {
    tellDone(t('wordAdded', { term, say }));
    refreshSoon();
  }
  return fine;
}

/** One after the other: each press takes back what the page says when it is its turn. */
let undoing: Promise<unknown> = Promise.resolve();

/** Takes back the latest decision, and no other one that somebody else has made since. */
export function undo(): Promise<void> {
  const mine = undoing.then(undoShown);
  undoing = mine;
  return mine;
}

async function undoShown(): Promise<void> {
  await attempt(async () => {
    const { undoOf } = book.value ?? {};
    const { undone, told, lines, next } = await post<Undone>('/undo', undoOf === undefined ? {} : { of: undoOf });
    if (book.value !== undefined) {
      const { undo: _what, undoTold: _told, undoOf: _of, ...rest } = book.value;
      book.value = { ...rest, ...next };
    }
    for (const line of lines) noteLineChange(line);
    tellDone(t('undone', { what: doneText(undone, told) }));
  });
  // Also for what the last change is now.
  refreshSoon();
}
