/** What was heard here: noted as it is played to its end, sent in batches, and kept by the browser until the server has it. */
import type { HeardAnswer, HeardRequest } from '../../requests.ts';
import type { Chapter, HeardLine, Line } from '../../shapes.ts';
import { heardIn, jumpedTo, type Played, playedTo } from '../sound/listened.ts';
import { audio, type Heard, heard, lengthMs, quarterMs, timeMs } from '../sound/player.ts';
import { keepDraft, keptDraft } from './kept.ts';
import { send } from './request.ts';
import { book, chapters, lineOf, loadChapter, queue, takes } from './studio.ts';

/** How long heard lines wait for others, in milliseconds. */
const BATCH_MS = 3_000;
/** Most lines of one request: what a browser still sends while a page is closed. */
const MOST_SENT = 200;
/** More are not kept while the server does not answer. */
const MOST_KEPT = 5_000;
/** A finished chapter is its takes one after the other, unless its length says otherwise. In milliseconds. */
const SAME_LENGTH_MS = 500;
const DRAFT = 'heard';

/** Heard and not confirmed, by their takes and ID. */
const unsent = new Map<string, HeardLine>();
let isSending = false;
let waiting: ReturnType<typeof setTimeout> | undefined;

/** What is played, and the lines that it had when it began. */
let now: { what: Heard; lines: readonly Line[]; done: Set<string>; played: Played | undefined } | undefined;

/** Begins to note what is heard; once for a page. */
export function noteWhatIsHeard(): void {
  for (const one of keptLines()) unsent.set(keyOf(one), one);
  if (unsent.size > 0) sendSoon();
  audio.addEventListener('seeking', () => {
    if (now !== undefined) now.played = jumpedTo(now.played, audio.currentTime * 1000);
  });
  // Four times a second, and at the end: the last words are no quarter of a second.
  quarterMs.subscribe(() => note(timeMs.peek()));
  audio.addEventListener('pause', () => note(timeMs.peek()));
  addEventListener('pagehide', () => void sendUnsent());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void sendUnsent();
  });
}

function note(ms: number): void {
  const what = heard.peek();
  if (what === undefined) return;
  if (now?.what !== what) now = { what, lines: linesOf(what), done: new Set(), played: undefined };
  const hasJumped = now.played === undefined || audio.seeking;
  now.played = hasJumped ? jumpedTo(now.played, ms) : playedTo(now.played!, ms);
  if (now.lines.length === 0) now.lines = linesOf(what);
  const fresh = heardIn(now.lines, now.played).flatMap((index) => {
    const { id, of, number } = now!.lines[index]!;
    if (of === undefined || now!.done.has(number)) return [];
    now!.done.add(number);
    return [{ id, of }];
  });
  if (fresh.length === 0) return;
  showHeard(fresh);
  for (const one of fresh) if (unsent.size < MOST_KEPT) unsent.set(keyOf(one), one);
  keepUnsent();
  sendSoon();
}

/** The lines of a sound with their places in it; none while that is not known. */
function linesOf(what: Heard): readonly Line[] {
  if (what.kind === 'take') {
    const line = lineOf(what.line);
    const of = takes
      .peek()
      .get(what.line)
      ?.find(({ number }) => number === what.take)?.of;
    const endMs = lengthMs.peek();
    return line === undefined || of === undefined || endMs === 0 ? [] : [{ ...line, of, startMs: 0, endMs }];
  }
  const chapter = chapters.peek().get(what.chapter);
  if (what.kind === 'chapter') return chapter?.lines ?? [];
  if (chapter === undefined) {
    if (!asked.has(what.chapter)) void loadChapter(what.chapter).catch(() => undefined);
    asked.add(what.chapter);
  }
  return chapter !== undefined && Math.abs(chapter.seconds * 1000 - lengthMs.peek()) < SAME_LENGTH_MS
    ? chapter.lines
    : [];
}

const asked = new Set<number>();

/** Marks lines as heard where they are shown; `counts` as the server has them. */
export function showHeard(
  lines: readonly HeardLine[],
  counts: readonly { number: number; heard: number }[] = [],
): void {
  const keys = new Set(lines.map(keyOf));
  const isNew = ({ id, of, heard: known }: Line): boolean => of !== undefined && !known && keys.has(keyOf({ id, of }));
  const marked = <Shown extends Line>(one: Shown): Shown => (isNew(one) ? { ...one, heard: true } : one);
  const added = new Map<number, number>();
  const shown = new Map<number, Chapter>();
  for (const [number, chapter] of chapters.peek()) {
    const fresh = chapter.lines.filter(isNew).length;
    shown.set(number, fresh === 0 ? chapter : { ...chapter, lines: chapter.lines.map(marked) });
    if (fresh > 0) added.set(number, fresh);
  }
  if (added.size > 0) chapters.value = shown;
  if (queue.peek()?.some(isNew)) queue.value = queue.peek()!.map(marked);
  const before = book.peek();
  if (before === undefined || added.size + counts.length === 0) return;
  const told = new Map(counts.map((one) => [one.number, one.heard]));
  book.value = {
    ...before,
    chapters: before.chapters.map((one) => {
      const count = told.get(one.number) ?? (one.heard ?? 0) + (added.get(one.number) ?? 0);
      return count === one.heard || one.heard === undefined ? one : { ...one, heard: Math.min(count, one.lines) };
    }),
  };
}

/** Sends what the server does not have yet; true when it has everything. Never rejects. */
export async function sendUnsent(): Promise<boolean> {
  clearTimeout(waiting);
  waiting = undefined;
  const lines = [...unsent.values()].slice(0, MOST_SENT);
  if (lines.length === 0) return true;
  isSending = true;
  try {
    await send<HeardAnswer>('/heard', { lines } satisfies HeardRequest);
    for (const one of lines) unsent.delete(keyOf(one));
    keepUnsent();
  } catch {
    // The server is gone, or its disk is full: it is asked again.
    return false;
  } finally {
    isSending = false;
    if (unsent.size > 0) sendSoon();
  }
  return unsent.size === 0 || (await sendUnsent());
}

function sendSoon(): void {
  waiting ??= setTimeout(() => {
    waiting = undefined;
    if (isSending) sendSoon();
    else void sendUnsent();
  }, BATCH_MS);
}

function keyOf({ id, of }: HeardLine): string {
  return `${of} ${id}`;
}

function keepUnsent(): void {
  keepDraft(DRAFT, unsent.size === 0 ? undefined : JSON.stringify([...unsent.values()]));
}

function keptLines(): HeardLine[] {
  try {
    const kept: unknown = JSON.parse(keptDraft(DRAFT) ?? '[]');
    return Array.isArray(kept) ? (kept as HeardLine[]).slice(0, MOST_KEPT) : [];
  } catch {
    return [];
  }
}
