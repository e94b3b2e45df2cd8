/** Deliveries of one run: each chapter as soon as its master is there, the book when it is bound. */
import { deliverBook, deliverChapter } from './deliver.ts';
import { PipelineError } from './errors.ts';
import type { DeliveredBook, DeliveredChapter, Emit, Trouble } from './events.ts';
import type { Plan, PlannedChapter } from './plan/plan.ts';
import { findBook } from './store/books.ts';
import { findMaster, type MasterRecord } from './store/masters.ts';
import type { Store } from './store/store.ts';

/** Delivers in the background, and remembers what became of it. */
export class Deliveries {
  /** Something that was delivered came from a simulator. */
  simulated = false;

  readonly #plan: Plan;
  readonly #store: Store;
  readonly #folder: string;
  readonly #emit: Emit;
  readonly #onChapter: () => void;
  readonly #chapters = new Map<number, DeliveredChapter>();
  readonly #masters = new Map<number, MasterRecord>();
  readonly #underWay: Promise<void>[] = [];
  #delivered: DeliveredBook | undefined;
  #trouble: Trouble | undefined;

  /** `onChapter` hears of each chapter that was delivered or given up. */
  constructor(of: { plan: Plan; store: Store; folder: string; emit: Emit; onChapter: () => void }) {
    this.#plan = of.plan;
    this.#store = of.store;
    this.#folder = of.folder;
    this.#emit = of.emit;
    this.#onChapter = of.onChapter;
  }

  /** Starts to deliver a chapter that the store has; `delivered` waits for it. */
  deliver(chapter: PlannedChapter): void {
    this.#underWay.push(this.#deliver(chapter));
  }

  /** Starts to deliver the book file that the store has; `delivered` waits for it. */
  deliverBook(): void {
    this.#underWay.push(this.#deliverBook());
  }

  /** Whether every chapter has been mastered, so that the book can be bound. Ask after `delivered`. */
  canBind(): boolean {
    return this.#plan.chapters.every(({ number }) => this.#masters.has(number));
  }

  /** The records of what was delivered, by chapter number. */
  get masters(): ReadonlyMap<number, MasterRecord> {
    return this.#masters;
  }

  /** Resolves when all deliveries ended, with what stopped one of them, if anything did. */
  async delivered(): Promise<Trouble | undefined> {
    for (let waitedFor = 0; waitedFor < this.#underWay.length; ) {
      const open = this.#underWay.slice(waitedFor);
      waitedFor += open.length;
      await Promise.all(open);
    }
    return this.#trouble;
  }

  /** Every chapter of the book as it was delivered, or not. */
  chapters(): DeliveredChapter[] {
    return this.#plan.chapters.map(({ number, title }) => this.#chapters.get(number) ?? undelivered(number, title));
  }

  /** The book file as it was delivered, or not; null when none is wanted. */
  book(): DeliveredBook | null {
    return this.#plan.book === undefined ? null : (this.#delivered ?? undeliveredBook(this.#plan.title));
  }

  /** Never rejects: it runs in the background, and a throw would have nobody to go to. */
  async #deliver(chapter: PlannedChapter): Promise<void> {
    const { number, title } = chapter;
    const isFirst = !this.#chapters.has(number);
    try {
      const master = await findMaster(this.#store, chapter.master.step.key);
      if (master === undefined) throw new Error('Internal error: a master that was just made is not in the store.');
      this.simulated ||= master.simulated;
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder };
      const { files, extras, written } = await deliverChapter({ ...where, chapter, master });
      this.#masters.set(number, master);
      const { durationSeconds, loudnessLufs, verdict } = master;
      const delivered = { index: number, title, files, extras, durationSeconds, loudnessLufs, verdict };
      this.#chapters.set(number, delivered);
      const made = chapter.master.need === 'make';
      this.#emit({
        type: 'chapter.delivered',
        outcome: made ? 'made' : written > 0 ? 'reused' : 'unchanged',
        ...delivered,
      });
      for (const failure of master.failures) {
        this.#emit({ type: 'notice', level: 'warning', message: `Chapter ${number}, ${failure}.` });
      }
    } catch (error) {
      this.#emit({ type: 'chapter.failed', index: number, title, ...this.#undelivered(error) });
    }
    if (isFirst) this.#onChapter();
  }

  /** Never rejects, like `#deliver`. */
  async #deliverBook(): Promise<void> {
    const { book: planned, title } = this.#plan;
    if (planned === undefined) return;
    try {
      const book = await findBook(this.#store, planned.step.key);
      if (book === undefined) throw new Error('Internal error: a book that was just bound is not in the store.');
      const where = { store: this.#store, plan: this.#plan, folder: this.#folder };
      const { files, extras, written } = await deliverBook({ ...where, book });
      const { durationSeconds, verdict } = book;
      this.#delivered = { title, files, extras, durationSeconds, verdict };
      const outcome = planned.need === 'make' ? 'made' : written > 0 ? 'reused' : 'unchanged';
      this.#emit({ type: 'book.delivered', outcome, ...this.#delivered });
    } catch (error) {
      this.#emit({ type: 'book.failed', title, ...this.#undelivered(error) });
    }
  }

  /** What kept a file from being delivered; the first such trouble ends the run. */
  #undelivered(error: unknown): Trouble {
    const { code, message } =
      error instanceof PipelineError ? error : { code: 'internal' as const, message: String(error) };
    this.#trouble ??= { code, message };
    return { code, message };
  }
}

function undeliveredBook(title: string): DeliveredBook {
  return { title, files: [], durationSeconds: 0, verdict: 'none' };
}

function undelivered(index: number, title: string): DeliveredChapter {
  return { index, title, files: [], durationSeconds: 0, loudnessLufs: null, verdict: 'none' };
}
