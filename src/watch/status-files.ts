/** The small files beside the manifests: written whole, only when they change, and not more often than people look. */
import { systemCode } from '../errors.ts';
import { REJECTED_ENDING, STATUS_ENDING } from './file-names.ts';
import { isRejection, stateOfStatus } from './messages.ts';
import type { StatusStorage } from './status-storage.ts';

/** Least time between two writes of one status, in milliseconds. */
const MIN_INTERVAL_MS = 1_000;

interface Pending {
  text: string;
  writtenAtMs: number;
  written: string | undefined;
}

/** The status files of one watched folder. */
export class StatusFiles {
  readonly #storage: StatusStorage;
  readonly #notice: (message: string) => void;
  readonly #files = new Map<string, Pending>();
  readonly #dirty = new Set<string>();
  #flushing: Promise<void> = Promise.resolve();
  #failing = false;

  constructor({ signs: storage, notice }: { signs: StatusStorage; notice: (message: string) => void }) {
    this.#storage = storage;
    this.#notice = notice;
  }

  /** Says how the book at `path` is doing; `flush` writes it. */
  set(path: string, text: string): void {
    const file = this.#files.get(path) ?? { text: '', writtenAtMs: Number.NEGATIVE_INFINITY, written: undefined };
    file.text = `${text}\n`;
    this.#files.set(path, file);
    if (file.text === file.written) this.#dirty.delete(path);
    else this.#dirty.add(path);
  }

  /** Writes what is due and answers when the next one is, in milliseconds of `performance.now()`; undefined when none waits. */
  async flush({ all = false } = {}): Promise<number | undefined> {
    this.#flushing = this.#flushing.then(() => this.#flush(all));
    await this.#flushing;
    let next: number | undefined;
    for (const path of this.#dirty) {
      const due = (this.#files.get(path)?.writtenAtMs ?? 0) + MIN_INTERVAL_MS;
      next = Math.min(next ?? due, due);
    }
    return next;
  }

  async #flush(all: boolean): Promise<void> {
    const now = performance.now();
    for (const path of [...this.#dirty]) {
      const file = this.#files.get(path);
      if (file === undefined || (!all && now - file.writtenAtMs < MIN_INTERVAL_MS)) continue;
      await this.#writeStatus(path, file);
    }
  }

  /** Writes one status now, if it has changed. */
  async write(path: string): Promise<void> {
    this.#flushing = this.#flushing.then(async () => {
      const file = this.#files.get(path);
      if (file !== undefined && this.#dirty.has(path)) await this.#writeStatus(path, file);
    });
    await this.#flushing;
  }

  async #writeStatus(path: string, file: Pending): Promise<void> {
    this.#dirty.delete(path);
    const { text } = file;
    // After a restart the file may say so already; not touching it spares two thousand writes and everybody's sync.
    file.written ??= await this.#storage.read(`${path}${STATUS_ENDING}`);
    file.writtenAtMs = performance.now();
    if (file.written === text) return;
    file.written = text;
    await this.#write(`${path}${STATUS_ENDING}`, text);
  }

  /** Writes the mistakes beside a manifest, unless they stand there already. */
  async reject(path: string, text: string): Promise<void> {
    const to = `${path}${REJECTED_ENDING}`;
    if ((await this.#storage.read(to)) !== text) await this.#write(to, text);
  }

  /** Removes the mistakes of a manifest that is accepted. */
  async unreject(path: string): Promise<void> {
    await this.#storage.remove(`${path}${REJECTED_ENDING}`);
  }

  /** Removes both files of a book that is gone, if they are in our words. */
  async removeOurs(path: string): Promise<void> {
    const read = async (ending: string): Promise<string> => (await this.#storage.read(`${path}${ending}`)) ?? '';
    if (stateOfStatus(await read(STATUS_ENDING)) !== undefined) await this.#storage.remove(`${path}${STATUS_ENDING}`);
    if (isRejection(await read(REJECTED_ENDING))) await this.#storage.remove(`${path}${REJECTED_ENDING}`);
  }

  /** Removes both files of a book that is gone. */
  async remove(path: string): Promise<void> {
    this.#dirty.delete(path);
    // A write under way would bring the file back.
    await this.#flushing;
    this.#files.delete(path);
    await this.#storage.remove(`${path}${STATUS_ENDING}`);
    await this.#storage.remove(`${path}${REJECTED_ENDING}`);
  }

  /** The folder may be gone, full or closed to us; its book can still be spoken and delivered. Said once, until it works. */
  async #write(path: string, text: string): Promise<void> {
    try {
      await this.#storage.write(path, text);
      this.#failing = false;
    } catch (error) {
      // Our own folder is gone with the watched one, or the book's folder is: the next sweep sees to that.
      if (systemCode(error) === 'ENOENT' || this.#failing) return;
      this.#failing = true;
      this.#notice(`The status files can not be written (${systemCode(error) ?? error}): ${path}`);
    }
  }
}
