/** What the page knows of the book; the server is asked for it, and tells what changes. */
import { computed, signal } from '@preact/signals';
import type { Book, Chapter, Job, Jobs, Line, Peaks, Suspect, Suspects, Take, Takes } from '../../shapes.ts';
import { type Outline, outlineOf } from '../sound/peaks.ts';
import { spreadHues } from '../text/spread-hues.ts';
import { tellProblem } from './notices.ts';
import { get } from './request.ts';

/** A line of the queue; `handled`: it left the server's list since the queue was opened, and keeps its place. */
export interface Queued extends Suspect {
  handled: boolean;
}

/** The book; undefined until it has arrived. */
export const book = signal<Book | undefined>(undefined);
/** Chapters by number, as far as they were opened. */
export const chapters = signal<ReadonlyMap<number, Chapter>>(new Map());
/** Peaks by chapter, of the version that is shown. */
export const outlines = signal<ReadonlyMap<number, Outline>>(new Map());
/** The queue, worst first; undefined until it has arrived. */
export const queue = signal<readonly Queued[] | undefined>(undefined);
/** Takes by a line's number, as far as they were asked for. */
export const takes = signal<ReadonlyMap<string, readonly Take[]>>(new Map());
/** Jobs by ID, the latest last. */
export const jobs = signal<ReadonlyMap<string, Job>>(new Map());

/** Hue of each speaker, 0 to 359. */
export const hues = computed(() => spreadHues(book.value?.characters ?? []));

/** Asks for the book. */
export async function loadBook(): Promise<void> {
  book.value = await get<Book>('/book');
}

/** Asks for a chapter, and then for its peaks. */
export async function loadChapter(number: number): Promise<void> {
  const chapter = await get<Chapter>(`/chapters/${number}`);
  const before = chapters.value.get(number);
  chapters.value = new Map(chapters.value).set(number, chapter);
  if (before?.version === chapter.version && outlines.value.has(number)) return;
  const peaks = await get<Peaks>(`/chapters/${number}/peaks?v=${encodeURIComponent(chapter.version)}`);
  outlines.value = new Map(outlines.value).set(number, outlineOf(peaks));
}

/** Asks for the queue. With `again`, lines that are no longer in it are forgotten. */
export async function loadQueue({ again }: { again: boolean }): Promise<void> {
  const { lines } = await get<Suspects>('/suspects');
  const known = again ? [] : (queue.value ?? []);
  const now = new Map(lines.map((line) => [line.id, line]));
  const kept = known.map((line) => {
    const found = now.get(line.id);
    now.delete(line.id);
    return found === undefined ? { ...line, handled: true } : { ...found, handled: false };
  });
  queue.value = [...kept, ...[...now.values()].map((line) => ({ ...line, handled: false }))];
}

/** Asks for the takes of a line. */
export async function loadTakes(number: string): Promise<void> {
  const answer = await get<Takes>(`/lines/${number}/takes`);
  takes.value = new Map(takes.value).set(number, answer.takes);
}

/** Asks for the jobs of the server. */
export async function loadJobs(): Promise<void> {
  const answer = await get<Jobs>('/jobs');
  jobs.value = new Map(answer.jobs.map((job) => [job.id, job]));
}

/** A line, wherever the page knows it. */
export function lineOf(number: string): Line | undefined {
  const chapter = chapters.value.get(Number(number.split(':')[0]));
  return chapter?.lines.find((line) => line.number === number) ?? queue.value?.find((line) => line.number === number);
}

/** Puts a changed line in every place where it is shown. Its place in time is told by the chapter. */
export function noteLineChange(line: Line): void {
  const chapter = chapters.value.get(line.chapter);
  const index = chapter?.lines.findIndex(({ number }) => number === line.number) ?? -1;
  if (chapter !== undefined && index >= 0) {
    const lines = chapter.lines.with(index, line);
    chapters.value = new Map(chapters.value).set(line.chapter, { ...chapter, lines });
  }
  if (queue.value?.some(({ id }) => id === line.id))
    queue.value = queue.value.map((one) => (one.id === line.id ? { ...one, ...line } : one));
}

/** Asks again for what is shown, after something changed somewhere. */
export async function refresh({ chapter, open }: { chapter?: number; open?: string }): Promise<void> {
  await Promise.all([
    loadBook(),
    queue.value === undefined ? undefined : loadQueue({ again: false }),
    chapter === undefined ? undefined : loadChapter(chapter),
    open === undefined ? undefined : loadTakes(open),
  ]);
}

/** Runs a request of the page; a problem is told. True when it went well. */
export async function attempt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    tellProblem(error);
    return false;
  }
}
