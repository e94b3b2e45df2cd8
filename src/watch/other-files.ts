/**
 * Files in the watched folder that are no books, such as an EPUB: each gets one status file that says what to do. Files that a
 * manifest names, and everything beside them, belong to its book and get none; so the answer waits until the files have settled.
 */
import { basename, dirname, join } from 'node:path';
import { OTHER_FILES, STATUS_ENDING, sameName } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { manifestOfReview, otherFileKind, otherFileText } from './other-file-text.ts';
import { isWriteFinished, type Stability, withObservation } from './write-finished.ts';

/** Limit for the files that wait for an answer. */
const MOST_WAITING = 2_000;
/** Limit for the answers beside files that are still there: a folder full of notes needs no thousand status files. */
const MOST_ANSWERS = 200;
/** Files examined at once. */
const CONCURRENT_STATS = 16;

/** The other files of one inbox. */
export class OtherFiles {
  readonly #inbox: Inbox;
  readonly #isNamed: (file: string) => boolean;
  /** Without an answer, by path. */
  readonly #waiting = new Map<string, Stability | undefined>();
  /** Read with the first sweep. */
  #answered: Set<string> | undefined;
  #nextAtMs = Number.POSITIVE_INFINITY;
  #reportedLimit = false;

  /** `isNamed`: whether a manifest names the file with this absolute path. */
  constructor(inbox: Inbox, isNamed: (file: string) => boolean) {
    this.#inbox = inbox;
    this.#isNamed = isNamed;
  }

  /** Notes a file; `path` is in the watched folder. */
  see(path: string): void {
    if (!isAnswerable(path) || this.#waiting.has(path) || this.#answered?.has(path)) return;
    if (this.#waiting.size >= MOST_WAITING) return;
    this.#waiting.set(path, undefined);
    this.#nextAtMs = 0;
  }

  /** Notes all files that a sweep found. `complete`: it scanned the whole folder. Returns whose status files stay. */
  async sweep(paths: ReadonlySet<string>, { complete }: { complete: boolean }): Promise<(path: string) => boolean> {
    this.#answered ??= await this.#readAnswered();
    const { books, manifests } = this.#ofBooks();
    const isBooks = (path: string): boolean => this.#isBooks(path, books);
    for (const path of this.#waiting.keys())
      if (isBooks(path) || isMaterial(path, manifests) || (complete && !paths.has(path))) this.#waiting.delete(path);
    const before = this.#answered.size;
    for (const path of this.#answered) if (isBooks(path) || (complete && !paths.has(path))) this.#answered.delete(path);
    if (this.#answered.size !== before) await this.#writeAnswered();
    for (const path of paths) if (!isBooks(path) && !isMaterial(path, manifests)) this.see(path);
    // A manifest that named a file may have gone.
    if (this.#waiting.size > 0) this.#nextAtMs = 0;
    return (path) => paths.has(path) && !isBooks(path);
  }

  /** Answers what is due. Returns when something is due again, in milliseconds of `performance.now()`. */
  async answer(): Promise<number> {
    if (this.#answered === undefined || performance.now() < this.#nextAtMs) return this.#nextAtMs;
    this.#nextAtMs = Number.POSITIVE_INFINITY;
    const { books, unread, manifests } = this.#ofBooks();
    const paths = [...this.#waiting.keys()].filter(
      (path) => !this.#isBooks(path, books) && !isMaterial(path, manifests),
    );
    for (let start = 0; start < paths.length; start += CONCURRENT_STATS)
      await Promise.all(paths.slice(start, start + CONCURRENT_STATS).map((path) => this.#observe(path)));
    const now = performance.now();
    const lastChange = new Map<string, number>();
    for (const path of paths) {
      const sinceMs = this.#waiting.get(path)?.sinceMs ?? 0;
      lastChange.set(dirname(path), Math.max(lastChange.get(dirname(path)) ?? 0, sinceMs));
    }
    let hasNew = false;
    for (const path of paths) {
      const stability = this.#waiting.get(path);
      if (stability === undefined) continue;
      // The manifest is often the last file of a copy.
      const dueAtMs = (lastChange.get(dirname(path)) ?? 0) + this.#inbox.timings.otherFilesMs;
      if (now >= dueAtMs && isWriteFinished(stability, now) && !isMaterial(path, unread))
        hasNew = (await this.#answer(path)) || hasNew;
      // A manifest that cannot be read yet is looked at again with the next sweep.
      else if (!isMaterial(path, unread)) this.#nextAtMs = Math.min(this.#nextAtMs, Math.max(dueAtMs, now + 1_000));
    }
    if (hasNew) await this.#writeAnswered();
    return this.#nextAtMs;
  }

  /** Whether it belongs to a book. `books`: folders with files of books. A review file belongs to its own manifest only. */
  #isBooks(path: string, books: ReadonlySet<string>): boolean {
    if (this.#isNamed(this.#file(path))) return true;
    const manifest = manifestOfReview(path);
    return manifest === undefined ? books.has(dirname(path)) : this.#inbox.drops.has(manifest);
  }

  async #observe(path: string): Promise<void> {
    const signature = await this.#inbox.storage.fingerprintOf(this.#file(path));
    if (signature === undefined) this.#waiting.delete(path);
    else this.#waiting.set(path, withObservation(this.#waiting.get(path), signature, performance.now()));
  }

  /** Whether there is a new answer. */
  async #answer(path: string): Promise<boolean> {
    const { storage, options } = this.#inbox;
    const answered = this.#answered!;
    if (answered.size >= MOST_ANSWERS) {
      if (!this.#reportedLimit)
        options.notice(
          `${options.folder} has more than ${MOST_ANSWERS} files that no manifest names. Only ${MOST_ANSWERS} of them have a status file.`,
        );
      this.#reportedLimit = true;
      return false;
    }
    const file = this.#file(path);
    const status = `${file}${STATUS_ENDING}`;
    if ((await storage.statusStorage.read(status)) === undefined) {
      const written = storage.statusStorage.write(status, `${otherFileText(basename(path), this.#language(path))}\n`);
      // The folder may be read-only or gone; the next sweep tries again.
      if (
        !(await written.then(
          () => true,
          () => false,
        ))
      )
        return false;
    }
    this.#waiting.delete(path);
    answered.add(path);
    return true;
  }

  /** The language of the file's name or of all books here. */
  #language(path: string): 'en' | 'zh' {
    if (/\p{Script=Han}/u.test(path)) return 'zh';
    const languages = new Set([...this.#inbox.drops.values()].map(({ references }) => references.language));
    return languages.size === 1 && languages.has('zh') ? 'zh' : 'en';
  }

  #file(path: string): string {
    return join(this.#inbox.options.folder, path);
  }

  /**
   * Folders in the watched folder, which itself is nobody's: `books` hold files that a manifest names, `manifests` hold
   * manifests, and below `unread` a manifest may name any file.
   */
  #ofBooks(): { books: Set<string>; manifests: Set<string>; unread: Set<string> } {
    const root = sameName(this.#inbox.options.folder);
    const books = new Set<string>();
    const manifests = new Set<string>();
    const unread = new Set<string>();
    for (const drop of this.#inbox.drops.values()) {
      if (drop.kind === 'archive') continue;
      const own = dirname(drop.path);
      if (own !== '.') manifests.add(own);
      if (drop.state.name === 'seen' || (drop.references.title === undefined && drop.references.looksLikeManifest))
        unread.add(own);
      const ownFolder = dirname(sameName(drop.file));
      for (const file of drop.references.files) {
        // From the file's folder up to the manifest's.
        let folder = dirname(sameName(file));
        do {
          if (folder !== root) books.add(folder.slice(root.length + 1).replaceAll('\\', '/'));
          if (folder === ownFolder) break;
          folder = dirname(folder);
        } while (folder.length > ownFolder.length);
      }
    }
    return { books, manifests, unread };
  }

  async #readAnswered(): Promise<Set<string>> {
    const value = await this.#inbox.storage.records.read(OTHER_FILES).catch(() => undefined);
    const { answered } = (value ?? {}) as { answered?: unknown };
    return new Set(Array.isArray(answered) ? answered.filter((path) => typeof path === 'string') : []);
  }

  async #writeAnswered(): Promise<void> {
    const value = { answered: [...(this.#answered ?? [])].sort() };
    await this.#inbox.storage.records.write(OTHER_FILES, value, { flush: false }).catch(() => undefined);
  }
}

/** Notes beside a manifest, such as `book.yaml.cancelled`, and shortcuts and settings of systems get no answer. */
function isAnswerable(path: string): boolean {
  if (manifestOfReview(path) !== undefined) return true;
  return !/\.(ya?ml|zip)\.[^/]+$|\.(lock|review|lnk|url|webloc|ini|db|sha256|md5)$/i.test(path);
}

/** Whether the file is below one of the folders and a manifest may name it. No manifest names an EPUB or a word processor's file. */
function isMaterial(path: string, folders: ReadonlySet<string>): boolean {
  if (manifestOfReview(path) !== undefined) return false;
  return (otherFileKind(path) === 'other' || /\.(txt|md|markdown)$/i.test(path)) && isBelow(path, folders);
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  let folder = dirname(path);
  while (!folders.has(folder)) {
    if (folder === '.') return false;
    folder = dirname(folder);
  }
  return true;
}
