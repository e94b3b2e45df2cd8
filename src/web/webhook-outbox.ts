/**
 * Messages that wait for their receivers: a file each, so that a restart forgets none, and a mark for each that is through,
 * so that none is begun twice. Both lie in the watched folder and are shared by all of its watchers.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { listNames, readSealed, removeFile, writeSealed } from '../watch/own-files.ts';

/** A message for one receiver. */
export interface OutboxMessage {
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
const MAX_PENDING = 10_000;
/** A mark is kept so long, in milliseconds; a book that is told of again later is news. */
const MARK_RETENTION_MS = 90 * 24 * 60 * 60_000;

/** The letters of one watched folder. */
export class Outbox {
  readonly #pendingFolder: string;
  readonly #doneFolder: string;

  /** `own`: the watcher's own folder in the watched one. */
  constructor(ownFolder: string) {
    this.#pendingFolder = join(ownFolder, 'outbox');
    this.#doneFolder = join(ownFolder, 'told');
  }

  /** Keeps a letter, unless it is there or through already, and answers whether it was new. Rejects as the disk does. */
  async add(message: OutboxMessage): Promise<boolean> {
    if ((await exists(this.#fileOf(message))) || (await this.isDone(message))) return false;
    for (const folder of [this.#pendingFolder, this.#doneFolder]) {
      // Not the folder around it: somebody may have taken the watched folder away.
      await mkdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== 'EEXIST') throw error;
      });
    }
    await this.update(message);
    return true;
  }

  /** Writes a letter as it is now. */
  async update(message: OutboxMessage): Promise<void> {
    await writeSealed(this.#fileOf(message), message);
  }

  /** Whether a letter is through or given up, by whichever watcher. */
  isDone(message: OutboxMessage): Promise<boolean> {
    return exists(this.#markOf(message));
  }

  /** A letter is through, or given up: it is never put again. */
  async markDone(message: OutboxMessage): Promise<void> {
    await writeFile(this.#markOf(message), '');
    await removeFile(this.#fileOf(message));
  }

  /** Everything that waits, oldest first, and what is too much. Damaged files are removed. */
  async list(
    known: ReadonlyMap<string, OutboxMessage> = new Map(),
  ): Promise<{ letters: OutboxMessage[]; tooMany: OutboxMessage[] }> {
    const messages: OutboxMessage[] = [];
    for (const name of await listNames(this.#pendingFolder)) {
      if (!name.endsWith('.json') || name.startsWith('.')) continue;
      const before = known.get(basename(name, '.json'));
      const message = before ?? (await readSealed(join(this.#pendingFolder, name)));
      if (isOutboxMessage(message)) messages.push(message);
      else if (await exists(join(this.#pendingFolder, name))) await removeFile(join(this.#pendingFolder, name));
    }
    messages.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1));
    const overflow = messages.splice(0, Math.max(0, messages.length - MAX_PENDING));
    return { letters: messages, tooMany: overflow };
  }

  /** Removes marks that nobody needs any more. */
  async removeOldMarks(): Promise<void> {
    for (const name of await listNames(this.#doneFolder)) {
      const stats = await stat(join(this.#doneFolder, name)).catch(() => undefined);
      if (stats !== undefined && Date.now() - stats.mtimeMs > MARK_RETENTION_MS)
        await removeFile(join(this.#doneFolder, name));
    }
  }

  #fileOf(message: OutboxMessage): string {
    return join(this.#pendingFolder, `${messageKey(message)}.json`);
  }

  #markOf(message: OutboxMessage): string {
    return join(this.#doneFolder, messageKey(message));
  }
}

/** What a letter's files are named. */
export function messageKey({ id, endpoint }: Pick<OutboxMessage, 'id' | 'endpoint'>): string {
  return `${endpoint}-${id}`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** It was sealed, so a look at its outer shape is enough. */
function isOutboxMessage(value: unknown): value is OutboxMessage {
  return typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'string';
}
