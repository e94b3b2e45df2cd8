/**
 * Messages that wait for their receivers: a file each, so that a restart forgets none, and a mark for each that is through,
 * so that none is begun twice. Both lie in the watched folder and are shared by all of its watchers.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { listNames, readSealed, removeFile, writeSealed } from '../watch/own-files.ts';

/** A message for one receiver. */
export interface Letter {
  /** The same for every try and every receiver. */
  id: string;
  /** `Endpoint.id`. */
  endpoint: string;
  type: string;
  body: string;
  /** Times are milliseconds since 1970: they must mean the same after a restart. */
  createdAtMs: number;
  tries: number;
  nextAtMs: number;
}

/** Letters that wait at most; beyond that the oldest are given up. */
const MOST_WAITING = 10_000;
/** A mark is kept so long, in milliseconds; a book that is told of again later is news. */
const KEPT_MS = 90 * 24 * 60 * 60_000;

/** The letters of one watched folder. */
export class Outbox {
  readonly #waiting: string;
  readonly #through: string;

  /** `own`: the watcher's own folder in the watched one. */
  constructor(own: string) {
    this.#waiting = join(own, 'outbox');
    this.#through = join(own, 'told');
  }

  /** Keeps a letter, unless it is there or through already, and answers whether it was new. Rejects as the disk does. */
  async put(letter: Letter): Promise<boolean> {
    if ((await isThere(this.#fileOf(letter))) || (await this.isThrough(letter))) return false;
    for (const folder of [this.#waiting, this.#through]) {
      // Not the folder around it: somebody may have taken the watched folder away.
      await mkdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== 'EEXIST') throw error;
      });
    }
    await this.keep(letter);
    return true;
  }

  /** Writes a letter as it is now. */
  async keep(letter: Letter): Promise<void> {
    await writeSealed(this.#fileOf(letter), letter);
  }

  /** Whether a letter is through or given up, by whichever watcher. */
  isThrough(letter: Letter): Promise<boolean> {
    return isThere(this.#markOf(letter));
  }

  /** A letter is through, or given up: it is never put again. */
  async close(letter: Letter): Promise<void> {
    await writeFile(this.#markOf(letter), '');
    await removeFile(this.#fileOf(letter));
  }

  /** Everything that waits, oldest first, and what is too much. Damaged files are removed. */
  async list(known: ReadonlyMap<string, Letter> = new Map()): Promise<{ letters: Letter[]; tooMany: Letter[] }> {
    const letters: Letter[] = [];
    for (const name of await listNames(this.#waiting)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
      const before = known.get(basename(name, '.json'));
      const letter = before ?? (await readSealed(join(this.#waiting, name)));
      if (isLetter(letter)) letters.push(letter);
      else if (await isThere(join(this.#waiting, name))) await removeFile(join(this.#waiting, name));
    }
    letters.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
    const tooMany = letters.splice(0, Math.max(0, letters.length - MOST_WAITING));
    return { letters, tooMany };
  }

  /** Removes marks that nobody needs any more. */
  async tidy(): Promise<void> {
    for (const name of await listNames(this.#through)) {
      const about = await stat(join(this.#through, name)).catch(() => undefined);
      if (about !== undefined && Date.now() - about.mtimeMs > KEPT_MS) await removeFile(join(this.#through, name));
    }
  }

  #fileOf(letter: Letter): string {
    return join(this.#waiting, `${nameOf(letter)}.json`);
  }

  #markOf(letter: Letter): string {
    return join(this.#through, nameOf(letter));
  }
}

/** What a letter's files are named. */
export function nameOf({ id, endpoint }: Pick<Letter, 'id' | 'endpoint'>): string {
  return `${endpoint}-${id}`;
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** It was sealed, so a look at its outer shape is enough. */
function isLetter(value: unknown): value is Letter {
  return typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'string';
}
