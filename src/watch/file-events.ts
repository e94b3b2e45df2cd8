/**
 * Events of the file system, taken as hints: they say where to look soon, never what has happened. What they miss (network
 * shares, a full table of watches), the next sweep finds.
 *
 * Node's own watcher, one for each folder: a library would add what the sweep does already (walking, comparing) and keep
 * every file in memory a second time.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';

/** Watches folders. */
export class FileEvents {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onHint: (path: string) => void;
  #failed: string | undefined;

  /** `onHint` hears the path of a file or folder that may have changed. */
  constructor(onHint: (path: string) => void) {
    this.#onHint = onHint;
  }

  /** The system's code when not every folder can be watched (`ENOSPC`: too many watches); undefined when all are. */
  get failed(): string | undefined {
    return this.#failed;
  }

  /** Watches exactly these folders from now on, and answers whether some of them were not watched before. */
  watchFolders(folders: readonly string[]): boolean {
    const wanted = new Set(folders);
    for (const folder of this.#watchers.keys()) if (!wanted.has(folder)) this.#unwatch(folder);
    this.#failed = undefined;
    const before = this.#watchers.size;
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(folder);
    return this.#watchers.size > before;
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#unwatch(folder);
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        // A folder tells of itself when it is removed or renamed: the watch is then of no use.
        if (name === basename(folder)) this.#unwatch(folder);
        this.#onHint(name === null ? folder : join(folder, name));
      });
      watcher.on('error', () => this.#unwatch(folder));
      this.#watchers.set(folder, watcher);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') this.#failed = systemCode(error) ?? 'unknown';
    }
  }

  #unwatch(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }
}
