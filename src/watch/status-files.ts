/** The status files beside the manifests: written atomically, only when they change, and at most once a second. */
import { systemCode } from '../errors.ts';
import { REJECTED_ENDING, STATUS_ENDING } from './file-names.ts';
import { isRejection, stateOfStatus } from './messages.ts';
import { isOtherFileText } from './other-file-text.ts';
import type { StatusStorage } from './status-storage.ts';

/** Shortest time between two writes of one status, in milliseconds. */
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

  constructor({ storage, notice }: { storage: StatusStorage; notice: (message: string) => void }) {
    this.#storage = storage;
    this.#notice = notice;
  }

  /** Sets the status of the book at `path`; `flush` writes it. */
  set(path: string, text: string): void {
    const file = this.#files.get(path) ?? { text: '', writtenAtMs: Number.NEGATIVE_INFINITY, written: undefined };
    file.text = `${text}\n`;
    this.#files.set(path, file);
    if (file.text === file.written) this.#dirty.delete(path);
    else this.#dirty.add(path);
  }

  /** Writes what is due. Returns when the next write is due, in milliseconds of `performance.now()`; undefined when none waits. */
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
    // After a restart the file may be right already; leaving it alone saves thousands of writes and everybody's sync.
    file.written ??= await this.#storage.read(`${path}${STATUS_ENDING}`);
    file.writtenAtMs = performance.now();
    if (file.written === text) return;
    file.written = text;
    await this.#write(`${path}${STATUS_ENDING}`, text);
  }

  /** Writes the errors of a manifest beside it, unless the file has them already. */
  async reject(path: string, text: string): Promise<void> {
    const to = `${path}${REJECTED_ENDING}`;
    if ((await this.#storage.read(to)) !== text) await this.#write(to, text);
  }

  /** Removes the errors of a manifest that is accepted. */
  async unreject(path: string): Promise<void> {
    await this.#storage.remove(`${path}${REJECTED_ENDING}`);
  }

  /** Removes both files of a book that is gone, if a watcher wrote them. */
  async removeOurs(path: string): Promise<void> {
    const read = async (ending: string): Promise<string> => (await this.#storage.read(`${path}${ending}`)) ?? '';
    const status = await read(STATUS_ENDING);
    if (stateOfStatus(status) !== undefined || isOtherFileText(status))
      await this.#storage.remove(`${path}${STATUS_ENDING}`);
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

  /** A failure does not stop the book, which can still be spoken and delivered. Reported once until a write succeeds. */
  async #write(path: string, text: string): Promise<void> {
    try {
      await this.#storage.write(path, text);
      this.#failing = false;
    } catch (error) {
      // The watched folder or the book's folder is gone; the next sweep handles that.
      if (systemCode(error) === 'ENOENT' || this.#failing) return;
      this.#failing = true;
      this.#notice(`The status files cannot be written (${systemCode(error) ?? error}): ${path}`);
    }
  }
}
