/** Deliveries of one run: each chapter as soon as it is mastered, the book when it is bound. */

import { MOST_NERO_MARKS } from '../audio/m4b/chapter-marks.ts';
import type { ProvenChapter } from '../deliver/completeness.ts';
import { deliverBook, deliverChapter } from '../deliver/deliver-files.ts';
import { deliverEpub } from '../deliver/epub.ts';
import type { Marks } from '../deliver/marks/marks.ts';
import { PipelineError } from '../errors.ts';
import type { DeliveredBook, DeliveredChapter } from '../events/delivered.ts';
import type { Emit, ReportedFailure } from '../events.ts';
import { findGap } from '../plan/completeness.ts';
import type { Edition } from '../plan/edition.ts';
import { bookDifference, masterDifference } from '../plan/lock-difference.ts';
import { type Plan, type PlannedChapter, spokenChapters } from '../plan/plan.ts';
import { overallVerdict } from '../qc/verdict.ts';
import { type BookRecord, findBook } from '../store/books.ts';
import { findMaster, type MasterRecord } from '../store/masters.ts';
import { placedTakes } from '../store/placed-takes.ts';
import type { Store } from '../store/store.ts';
import type { Damage } from './repair.ts';

/** Delivers in the background, and records the results. */
export class Deliveries {
  /** Whether any delivered speech came from a simulator. */
  simulated = false;

  readonly #plan: Plan;
  readonly #store: Store;
  readonly #folder: string;
  readonly #emit: Emit;
  readonly #onChapter: () => void;
  readonly #damage: Damage;
  readonly #chapters = new Map<number, DeliveredChapter>();
  readonly #locked: Edition | undefined;
  readonly #marks: Marks | undefined;
  readonly #proven = new Map<number, ProvenChapter>();
  readonly #started: Promise<void>[] = [];
  #delivered: DeliveredBook | undefined;
  #book: BookRecord | undefined;
  #epub: DeliveredBook | undefined;
  #failure: ReportedFailure | undefined;

  /** `onChapter` is called for each chapter that was delivered or given up. With `locked`, only files of that edition are delivered. */
  constructor(of: {
    plan: Plan;
    store: Store;
    folder: string;
    emit: Emit;
    onChapter: () => void;
    /** Records damaged files of the store, which may be made again and then delivered. */
    damage: Damage;
    locked?: Edition | undefined;
    /** Absent: files are delivered as they are in the store, without marks. */
    marks?: Marks | undefined;
  }) {
    this.#plan = of.plan;
    this.#store = of.store;
    this.#folder = of.folder;
    this.#emit = of.emit;
    this.#onChapter = of.onChapter;
    this.#damage = of.damage;
    this.#locked = of.locked;
    this.#marks = of.marks;
  }

  /** Starts to deliver a stored chapter; `settled` waits for it. */
  deliver(chapter: PlannedChapter): void {
    this.#started.push(this.#deliver(chapter));
  }

  /** Starts to deliver the stored book file; `settled` waits for it. */
  deliverBook(): void {
    this.#started.push(this.#deliverBook());
  }

  /** Whether every chapter was delivered, so that the book can be bound. Call it after `settled`. */
  canBind(): boolean {
    return spokenChapters(this.#plan).every(({ number }) => this.#proven.has(number));
  }

  /** The delivered chapters' masters and takes, by chapter number. */
  get proven(): ReadonlyMap<number, ProvenChapter> {
    return this.#proven;
  }

  /** The marks of the delivered files; undefined when they are delivered without any. */
  get marks(): Marks | undefined {
    return this.#marks;
  }

  /** The record of the delivered book file. */
  get bookRecord(): BookRecord | undefined {
    return this.#book;
  }

  /** Resolves when all deliveries have ended, with the failure that stops the run, if there was one. */
  async settled(): Promise<ReportedFailure | undefined> {
    for (let waitedFor = 0; waitedFor < this.#started.length; ) {
      const open = this.#started.slice(waitedFor);
      waitedFor += open.length;
      await Promise.all(open);
    }
    return this.#failure;
  }

  /** Every chapter of the book, delivered or not. */
  chapters(): DeliveredChapter[] {
    return this.#plan.chapters.map((chapter) => {
      const delivered = this.#chapters.get(chapter.number);
      const isThere = delivered !== undefined && (delivered.inBook === undefined || this.#hasBookFile());
      return isThere ? delivered : undeliveredChapter(chapter);
    });
  }

  /** Whether a chapter without a file of its own can be heard; a part of a book has no book file, and misses none. */
  #hasBookFile(): boolean {
    return this.#plan.part !== undefined || this.#delivered !== undefined;
  }

  /** The book file, delivered or not; null when none is wanted. */
  book(): DeliveredBook | null {
    return this.#plan.book === undefined ? null : (this.#delivered ?? undeliveredBook(this.#plan.title));
  }

  /** The EPUB, delivered or not; undefined when none is wanted. */
  epub(): DeliveredBook | undefined {
    if (!this.#plan.delivery.extras.includes('epub')) return undefined;
    return this.#epub ?? undeliveredBook(this.#plan.title);
  }

  /** Never rejects: it runs in the background, where nobody would handle the failure. */
  async #deliver(chapter: PlannedChapter): Promise<void> {
    const { number, title, role } = chapter;
    const isFirst = !this.#chapters.has(number);
    try {
      const master = await findMaster(this.#store, chapter.master.step.key);
      if (master === undefined) throw new Error('Internal error: a master that was just made is not in the store.');
      checkTextComplete(chapter, master);
      const at = spokenChapters(this.#plan).indexOf(chapter);
      if (at >= 0) checkMatchesLock(masterDifference({ locked: this.#locked, at, master }));
      const takes = await placedTakes(this.#store, chapter.master.step, master);
      this.simulated ||= master.simulated;
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder, marks: this.#marks };
      const { files, extras, written } = await deliverChapter({ ...where, chapter, master });
      this.#proven.set(number, { master, takes });
      const { durationSeconds, loudnessLufs, verdict } = master;
      const parts = master.parts?.length;
      const delivered: DeliveredChapter = {
        ...{ index: number, title, files, extras, durationSeconds, loudnessLufs, verdict },
        ...(role && { role }),
        ...(parts !== undefined && { parts }),
        ...(files.length === 0 && { inBook: true as const }),
      };
      this.#chapters.set(number, delivered);
      const made = chapter.master.need === 'make';
      this.#emit({
        type: 'chapter.delivered',
        outcome: made ? 'made' : written > 0 ? 'reused' : 'unchanged',
        ...delivered,
      });
      if (parts !== undefined)
        this.#emit({ type: 'notice', level: 'warning', message: splitMessage(delivered, parts) });
      for (const failure of master.failures) {
        const what = role === undefined ? `Chapter ${number}` : title;
        this.#emit({ type: 'notice', level: 'warning', message: `${what}, ${failure}.` });
      }
    } catch (error) {
      const report = (): void => {
        this.#emit({ type: 'chapter.failed', index: number, title, ...this.#failureOf(error) });
        if (isFirst) this.#onChapter();
      };
      return isDamage(error) ? this.#damage.record(chapter.master.step.key, report) : report();
    }
    if (isFirst) this.#onChapter();
  }

  /** Makes the EPUB, if one is wanted and every chapter was delivered. Call it after `settled`; never rejects. */
  async deliverEpub(): Promise<void> {
    const { title, delivery } = this.#plan;
    if (!delivery.extras.includes('epub') || !this.canBind()) return;
    try {
      const chapters = spokenChapters(this.#plan).map((chapter) => {
        const master = this.#proven.get(chapter.number)?.master;
        if (master === undefined) throw new Error('Internal error: an EPUB of a book that lacks a chapter.');
        return { chapter, master };
      });
      const verdict = overallVerdict(chapters.map(({ master }) => master));
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder, marks: this.#marks };
      const { path, durationSeconds, written } = await deliverEpub({ ...where, chapters, verdict });
      this.#epub = { title, files: [path], durationSeconds, verdict };
      this.#emit({ type: 'epub.delivered', outcome: written ? 'made' : 'unchanged', ...this.#epub });
    } catch (error) {
      this.#emit({ type: 'epub.failed', title, ...this.#failureOf(error) });
    }
  }

  /** Never rejects, like `#deliver`. */
  async #deliverBook(): Promise<void> {
    const { book: planned, title } = this.#plan;
    if (planned === undefined) return;
    try {
      const book = await findBook(this.#store, planned.step.key);
      if (book === undefined) throw new Error('Internal error: a book that was just bound is not in the store.');
      const gap = this.#plan.chapters.map(findGap).find((found) => found !== undefined);
      if (gap !== undefined) throw textUnaccountedError(gap);
      checkMatchesLock(bookDifference(this.#locked, book.file.digest));
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder, marks: this.#marks };
      const { files, extras, written } = await deliverBook({ ...where, book });
      this.#book = book;
      const { durationSeconds, verdict } = book;
      this.#delivered = { title, files, extras, durationSeconds, verdict };
      const outcome = planned.need === 'make' ? 'made' : written > 0 ? 'reused' : 'unchanged';
      this.#emit({ type: 'book.delivered', outcome, ...this.#delivered });
      const message = manyMarksMessage(book.chapters.length);
      if (message !== undefined) this.#emit({ type: 'notice', level: 'info', message });
    } catch (error) {
      const report = (): void => this.#emit({ type: 'book.failed', title, ...this.#failureOf(error) });
      if (isDamage(error)) this.#damage.record(planned.step.key, report);
      else report();
    }
  }

  /** Why a file was not delivered. The first failure stops the run, unless it concerns one chapter alone. */
  #failureOf(error: unknown): ReportedFailure {
    const { code, message } =
      error instanceof PipelineError ? error : { code: 'internal' as const, message: String(error) };
    if (code !== 'text-unaccounted' && code !== 'lock-differs') this.#failure ??= { code, message };
    return { code, message };
  }
}

/** Throws for a chapter that would not speak its whole text: it is not delivered, even when its master is in the store. */
function checkTextComplete(chapter: PlannedChapter, master: MasterRecord): void {
  // A retail sample repeats part of its chapter, so it accounts for no text.
  if (chapter.role === 'retail-sample') return;
  const places = master.positions.length;
  const wanted = chapter.segments.length;
  const gap =
    findGap(chapter) ?? (places === wanted ? undefined : `its audio has ${places} takes for ${wanted} segments`);
  if (gap !== undefined) throw textUnaccountedError(gap);
}

/** The failure of a chapter that would not speak its text as it is. */
export function textUnaccountedError(gap: string): PipelineError {
  const message = `The text would not be spoken completely and exactly once: ${gap}. This is a bug in the program; please report it with the text.`;
  return new PipelineError({ code: 'text-unaccounted', message, retry: 'never' });
}

function isDamage(error: unknown): boolean {
  return error instanceof PipelineError && error.code === 'store-damaged';
}

function checkMatchesLock(difference: string | undefined): void {
  if (difference !== undefined) throw new PipelineError({ code: 'lock-differs', message: difference, retry: 'never' });
}

function undeliveredBook(title: string): DeliveredBook {
  return { title, files: [], durationSeconds: 0, verdict: 'none' };
}

function undeliveredChapter({ number: index, title, role }: PlannedChapter): DeliveredChapter {
  return { index, title, ...(role && { role }), files: [], durationSeconds: 0, loudnessLufs: null, verdict: 'none' };
}

/** What a reader of the M4B may miss; undefined for a book whose chapters every player lists. */
function manyMarksMessage(chapters: number): string | undefined {
  if (chapters <= MOST_NERO_MARKS) return undefined;
  return `The M4B has ${chapters} chapters. Its chapter track lists all of them; players that read only Nero's list (chpl) show the first ${MOST_NERO_MARKS}, because that list cannot hold more.`;
}

function splitMessage({ index, title, durationSeconds }: DeliveredChapter, parts: number): string {
  const seconds = Math.round(durationSeconds);
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  return `Chapter ${index} “${title}” lasts ${length}, longer than its profile allows. It was delivered in ${parts} parts.`;
}
