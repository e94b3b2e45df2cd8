/** An open studio: the book as it is now, how its chapters sound, and the pages that listen. */
import { realpath } from 'node:fs/promises';
import { type CurrentBook, openCurrentBook } from './book/current-book.ts';
import type { Moment } from './book/moment.ts';
import { showBook } from './book/show-book.ts';
import { showLine } from './book/show-line.ts';
import { takeBack } from './changes/take-back.ts';
import { openUndoStack, type UndoStack } from './changes/undo.ts';
import type { StudioDependencies } from './dependencies.ts';
import { type HeardLines, openHeardLines } from './heard/heard.ts';
import { openJobs, type StudioJobs } from './jobs.ts';
import { countProposals } from './proposals/proposals.ts';
import { type EventHub, openEventHub } from './server/event-hub.ts';
import { StudioProblem } from './server/problem.ts';
import type { Book, Line } from './shapes.ts';
import {
  type ChapterSounds,
  type HeardChapter,
  openChapterSounds,
  textName,
  versionOfText,
} from './sound/chapter-sounds.ts';

/** An open studio. */
export interface Studio {
  given: StudioDependencies;
  current: CurrentBook;
  sounds: ChapterSounds;
  hub: EventHub;
  jobs: StudioJobs;
  undo: UndoStack;
  heard: HeardLines;
  /** The version of a chapter's text (`textName`) at an earlier version of the book; undefined when that is not known any more. */
  textOf(version: string, name: string): string | undefined;
  /** The book as it is shown. */
  shownBook(moment: Moment): Promise<Book>;
  /** Somebody is writing into the texts: the whole book is read again soon after, and not meanwhile. */
  postponeLook(): void;
  /** What is to be closed with the studio. */
  onClose(close: () => Promise<void>): void;
  /** Cancels the jobs and waits for their ends. */
  close(): Promise<void>;
}

/** How often the book is looked at while a page listens, in milliseconds: someone else may change it. */
const LOOK_MS = 2_000;
/** How long a look waits for a person who names one speaker after the other, and at most in all, in milliseconds. */
const POSTPONED_MS = 4_000;
const MOST_POSTPONED_MS = 30_000;
/** Versions of the book whose texts a page may still edit, when the text itself is the same. */
const MOST_VERSIONS = 200;

/** Opens the book; its errors, in words, when it cannot be read. `onFault` receives bugs of the program. */
export async function openStudio(
  given: StudioDependencies,
  { onFault }: { onFault(error: unknown): void },
): Promise<Studio | { errors: string }> {
  const hub = openEventHub();
  const texts = new Map<string, Map<string, string>>();
  const noteTexts = ({ version, book }: Moment): void => {
    const files = book.chapters.flatMap((chapter) =>
      chapter.source === undefined ? [] : [[textName(chapter), versionOfText(chapter.source.text)] as const],
    );
    texts.set(version, new Map(files));
    for (const old of [...texts.keys()].slice(0, -MOST_VERSIONS)) texts.delete(old);
  };
  const current = await openCurrentBook(given, {
    onChange: (now, before) => {
      noteTexts(now);
      if (now.review !== before.review) hub.send({ type: 'review', version: now.version });
      void studio.shownBook(now).then(
        (book) => hub.send({ type: 'book', book }),
        () => undefined,
      );
    },
  });
  if ('errors' in current) {
    hub.close();
    return current;
  }
  noteTexts(await current.now());
  const jobs = openJobs(hub, onFault);
  const first = await current.now();
  const { store, book } = first;
  const undo = await openUndoStack({
    store,
    book: [book.manifest.title, await realpath(book.manifestPath).catch(() => book.manifestPath)],
    takeBack: async (done) => takeBack(given, await current.now(), done),
  });
  const heard = await openHeardLines(store, first);
  let lookedAt = performance.now();
  let notBefore = 0;
  const look = setInterval(() => {
    const now = performance.now();
    if (hub.pages() === 0 || (now < notBefore && now - lookedAt < MOST_POSTPONED_MS)) return;
    lookedAt = now;
    current.now().catch(() => undefined);
  }, LOOK_MS).unref();
  const closings: (() => Promise<void>)[] = [];
  const studio: Studio = {
    ...{ given, current, hub, jobs, undo, heard },
    sounds: openChapterSounds(),
    textOf: (version, file) => texts.get(version)?.get(file),
    shownBook: async (moment) => {
      const working = jobs.underWay();
      const busy = working && { who: working.message, ...(working.doing && { doing: working.doing }) };
      const [money, proposals] = await Promise.all([given.money(moment), countProposals({ given }, moment)]);
      return showBook(moment, { heard, money, undo: undo.last(), busy, proposals });
    },
    postponeLook: () => {
      notBefore = performance.now() + POSTPONED_MS;
    },
    onClose: (close) => void closings.push(close),
    close: async () => {
      clearInterval(look);
      await jobs.close();
      await Promise.all(closings.map((close) => close()));
      hub.close();
    },
  };
  return studio;
}

/** The chapter of that number. Throws a `StudioProblem` when there is none. */
export async function chapterNumbered({ sounds }: Studio, moment: Moment, text: string): Promise<HeardChapter> {
  const chapter = /^\d{1,5}$/.test(text) ? await sounds.of(moment, Number(text)) : undefined;
  if (chapter === undefined)
    throw new StudioProblem(404, 'no-chapter', `The book has no chapter ${text.slice(0, 20)}.`, {
      values: { number: text.slice(0, 20) },
    });
  return chapter;
}

/** The index of the line of that number, `3:37`. Throws a `StudioProblem` when there is none. */
export function lineNumbered({ lines }: Moment, number: string): number {
  const index = lines.findIndex((line) => line.number === number);
  if (index >= 0) return index;
  throw new StudioProblem(404, 'no-line', `The book has no line ${number.slice(0, 20)} now. Read the chapter again.`, {
    values: { number: number.slice(0, 20) },
  });
}

/**
 * The same for a decision about the line: `id` says which line was meant, so that a number that is another line by now is
 * refused.
 */
export function decidedLine(moment: Moment, number: string, id: string | undefined): number {
  const index = lineNumbered(moment, number);
  if (id === undefined || moment.states[index]!.id === id) return index;
  throw new StudioProblem(
    409,
    'other-line',
    `${number} is a different line now. Nothing was changed. Read the chapter again.`,
    { values: { number } },
  );
}

/** A line as it is shown. */
export async function shownLine({ sounds, heard }: Studio, moment: Moment, index: number): Promise<Line> {
  const chapter = await sounds.of(moment, moment.lines[index]!.chapter);
  if (chapter === undefined) throw new Error('Internal error: a line of a chapter that is not in the plan.');
  return showLine(moment, index, { chapter, heard });
}
