/** Uploads what a run delivers into a local folder to S3, and emits its events as if it had been delivered there. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import pLimit from 'p-limit';
import { REPORT } from '../deliver/reports/report.ts';
import { PipelineError } from '../errors.ts';
import type { DeliveredChapter } from '../events/delivered.ts';
import type { Emit, PipelineEvent, ReportedFailure, RunFinishedEvent } from '../events.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { publishFile } from './file.ts';

/** Files of one delivery uploaded at once. */
const CONCURRENT_UPLOADS = 4;

/** The events with files. */
type Delivery = Extract<PipelineEvent, { type: 'chapter.delivered' | 'book.delivered' | 'epub.delivered' }>;

/** Uploads the files of one run, one delivery after the other, as soon as each is there. */
export class Publisher {
  readonly #bucket: Bucket;
  /** Absolute path of the local folder that corresponds to the bucket's prefix. */
  readonly #staging: string;
  readonly #emit: Emit;
  readonly #published = new Set<string>();
  readonly #failedChapters = new Set<number>();
  readonly #failedFiles = new Set<'book' | 'epub'>();
  readonly #limit = pLimit(CONCURRENT_UPLOADS);
  #queue: Promise<void> = Promise.resolve();
  #failure: ReportedFailure | undefined;

  constructor(of: { bucket: Bucket; staging: string; emit: Emit }) {
    this.#bucket = of.bucket;
    this.#staging = of.staging;
    this.#emit = of.emit;
  }

  /** Receives the events of the run. A delivery is emitted after its upload; the end of the run comes from `finished`. */
  readonly emit: Emit = (event) => {
    if (event.type === 'run.finished') return;
    const isDelivery =
      event.type === 'chapter.delivered' || event.type === 'book.delivered' || event.type === 'epub.delivered';
    if (!isDelivery) return this.#emit(event);
    this.#queue = this.#queue.then(() => this.#deliver(event));
  };

  /** Resolves when all deliveries so far are uploaded, with the first failure. */
  async published(): Promise<ReportedFailure | undefined> {
    await this.#queue;
    return this.#failure;
  }

  /**
   * Uploads the remaining files of the book's folder, the report last: when the report is there, everything is. Returns the
   * names of all files, relative to the book's folder.
   */
  async publishRest(folder: string): Promise<string[]> {
    const names = await filesBelow(folder);
    const rest = names.filter((name) => name !== REPORT && !this.#published.has(join(folder, name)));
    await this.#publish(rest.map((name) => join(folder, name)));
    if (names.includes(REPORT)) await this.#publish([join(folder, REPORT)]);
    return names;
  }

  /** The last event, corrected for S3: what could not be uploaded was not delivered. */
  finished(event: RunFinishedEvent, isComplete: boolean): RunFinishedEvent {
    const { book, epub } = event;
    return {
      ...event,
      ok: event.ok && isComplete && this.#failure === undefined,
      folder: this.#address(event.folder),
      chapters: event.chapters.map((chapter) =>
        this.#isLost(chapter) ? undelivered(chapter) : this.#withAddresses(chapter),
      ),
      book: book === null ? null : this.#failedFiles.has('book') ? without(book) : this.#withAddresses(book),
      ...(epub && { epub: this.#failedFiles.has('epub') ? without(epub) : this.#withAddresses(epub) }),
    };
  }

  /** Whether its files, or the book file that it is heard in, could not be uploaded. */
  #isLost({ index, inBook }: DeliveredChapter): boolean {
    return this.#failedChapters.has(index) || (inBook === true && this.#failedFiles.has('book'));
  }

  /** Never rejects. */
  async #deliver(event: Delivery): Promise<void> {
    try {
      const written = await this.#publish([...event.files, ...(event.extras ?? [])]);
      if (event.type === 'chapter.delivered') this.#failedChapters.delete(event.index);
      else this.#failedFiles.delete(event.type === 'book.delivered' ? 'book' : 'epub');
      this.#emit({ ...this.#withAddresses(event), outcome: outcomeOf(event, written) } as Delivery);
    } catch (error) {
      const failure = failureOf(error);
      this.#failure ??= failure;
      const { title } = event;
      if (event.type === 'chapter.delivered') {
        this.#failedChapters.add(event.index);
        this.#emit({ type: 'chapter.failed', index: event.index, title, ...failure });
      } else if (event.type === 'book.delivered') {
        this.#failedFiles.add('book');
        this.#emit({ type: 'book.failed', title, ...failure });
      } else {
        this.#failedFiles.add('epub');
        this.#emit({ type: 'epub.failed', title, ...failure });
      }
    }
  }

  /** Returns how many files had to be written. */
  async #publish(paths: readonly string[]): Promise<number> {
    const written = await this.#limit.map(paths, (path) => publishFile(this.#bucket, { path, name: this.#name(path) }));
    for (const path of paths) this.#published.add(path);
    return written.filter(Boolean).length;
  }

  #withAddresses<T extends { files: string[]; extras?: string[] }>(delivered: T): T {
    const { files, extras } = delivered;
    const addresses = (paths: readonly string[]): string[] => paths.map((path) => this.#address(path));
    return { ...delivered, files: addresses(files), ...(extras && { extras: addresses(extras) }) };
  }

  #address(path: string): string {
    return `${this.#bucket.location}/${this.#name(path)}`;
  }

  #name(path: string): string {
    return relative(this.#staging, path).replaceAll(sep, '/');
  }
}

/** Names of all files, with `/` between the parts, without files that are still being written. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

/** In the local folder everything is new; what counts is whether the object had to be written. */
function outcomeOf(event: Delivery, written: number): Delivery['outcome'] {
  if (event.type === 'epub.delivered') return written > 0 ? 'made' : 'unchanged';
  return event.outcome === 'made' ? 'made' : written > 0 ? 'reused' : 'unchanged';
}

function undelivered(chapter: DeliveredChapter): DeliveredChapter {
  const { parts: _, inBook: __, ...rest } = chapter;
  return { ...rest, files: [], extras: [], durationSeconds: 0, loudnessLufs: null, verdict: 'none' };
}

function without<T extends { files: string[]; verdict: string }>(delivered: T): T {
  return { ...delivered, files: [], extras: [], verdict: 'none' };
}

/** A thrown error in the form that events use. */
export function failureOf(error: unknown): ReportedFailure {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
