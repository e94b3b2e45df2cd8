/**
 * File system events, used as hints: they say which path to scan soon, never what happened. The next sweep finds what they
 * miss, as on network shares or when the system has no watches left.
 *
 * Uses Node's own watcher, one per folder: a library would repeat what the sweep does already (walking, comparing) and keep
 * every file in memory a second time.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';

/** Watches a set of folders. */
export class FileEvents {
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #onHint: (path: string) => void;
  #failed: string | undefined;

  /** `onHint` receives the path of a file or folder that may have changed. */
  constructor(onHint: (path: string) => void) {
    this.#onHint = onHint;
  }

  /** The system's code when some folder cannot be watched (`ENOSPC`: too many watches); undefined when all are watched. */
  get failed(): string | undefined {
    return this.#failed;
  }

  /** Watches exactly these folders from now on. Returns whether some of them were not watched before. */
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
        // A folder reports its own name when it is removed or renamed; its watch is then useless.
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
