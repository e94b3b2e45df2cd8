/** Takes what a run delivers into a folder of this machine to S3, and tells of it as if it had been delivered there. */
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import pLimit from 'p-limit';
import { REPORT } from '../deliver/report.ts';
import { PipelineError } from '../errors.ts';
import type { DeliveredChapter, Emit, PipelineEvent, RunFinishedEvent, Trouble } from '../events.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { publishFile } from './file.ts';

/** Files of one chapter under way at once. */
const CONCURRENT_UPLOADS = 4;

/** The events that bring files. */
type Delivery = Extract<PipelineEvent, { type: 'chapter.delivered' | 'book.delivered' | 'epub.delivered' }>;

/** Publishes the files of one run, a delivery after the other, each as soon as it is there. */
export class Publisher {
  readonly #bucket: Bucket;
  /** Absolute: stands for what the bucket's place is. */
  readonly #staging: string;
  readonly #emit: Emit;
  readonly #published = new Set<string>();
  readonly #failedChapters = new Set<number>();
  readonly #failedFiles = new Set<'book' | 'epub'>();
  readonly #limit = pLimit(CONCURRENT_UPLOADS);
  #queue: Promise<void> = Promise.resolve();
  #failure: Trouble | undefined;

  constructor(of: { bucket: Bucket; staging: string; emit: Emit }) {
    this.#bucket = of.bucket;
    this.#staging = of.staging;
    this.#emit = of.emit;
  }

  /** Takes the events of the run. What was delivered is told when it is at its place, the run's end by `finish`. */
  readonly emit: Emit = (event) => {
    if (event.type === 'run.finished') return;
    const isDelivery =
      event.type === 'chapter.delivered' || event.type === 'book.delivered' || event.type === 'epub.delivered';
    if (!isDelivery) return this.#emit(event);
    this.#queue = this.#queue.then(() => this.#deliver(event));
  };

  /** Resolves when all deliveries so far are published, with what kept one of them from it. */
  async published(): Promise<Trouble | undefined> {
    await this.#queue;
    return this.#failure;
  }

  /**
   * Publishes what else lies in the book's folder, its report last: where that is, everything is. Answers the names that are
   * there now, from the book's folder.
   */
  async publishRest(folder: string): Promise<string[]> {
    const names = await filesBelow(folder);
    const rest = names.filter((name) => name !== REPORT && !this.#published.has(join(folder, name)));
    await this.#publish(rest.map((name) => join(folder, name)));
    if (names.includes(REPORT)) await this.#publish([join(folder, REPORT)]);
    return names;
  }

  /** The last event as it is true for the place: what could not be published was not delivered. */
  finished(event: RunFinishedEvent, isComplete: boolean): RunFinishedEvent {
    const { book, epub } = event;
    return {
      ...event,
      ok: event.ok && isComplete && this.#failure === undefined,
      folder: this.#address(event.folder),
      chapters: event.chapters.map((chapter) =>
        this.#failedChapters.has(chapter.index) ? undelivered(chapter) : this.#withAddresses(chapter),
      ),
      book: book === null ? null : this.#failedFiles.has('book') ? without(book) : this.#withAddresses(book),
      ...(epub && { epub: this.#failedFiles.has('epub') ? without(epub) : this.#withAddresses(epub) }),
    };
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

  /** Answers how many had to be written. */
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

/** Names of all files, with `/` between the parts; what is being written has a dot in front. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

/** In the folder of this machine everything is new; what counts is whether it was at the place. */
function outcomeOf(event: Delivery, written: number): Delivery['outcome'] {
  if (event.type === 'epub.delivered') return written > 0 ? 'made' : 'unchanged';
  return event.outcome === 'made' ? 'made' : written > 0 ? 'reused' : 'unchanged';
}

function undelivered(chapter: DeliveredChapter): DeliveredChapter {
  const { parts: _, ...rest } = chapter;
  return { ...rest, files: [], extras: [], durationSeconds: 0, loudnessLufs: null, verdict: 'none' };
}

function without<T extends { files: string[]; verdict: string }>(delivered: T): T {
  return { ...delivered, files: [], extras: [], verdict: 'none' };
}

/** What kept a file from being published, as events name it. */
export function failureOf(error: unknown): Trouble {
  if (error instanceof PipelineError) return { code: error.code, message: error.message };
  return { code: 'internal', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
