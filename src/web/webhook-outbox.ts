/**
 * The outbox: a file for each pending webhook message, so that a restart loses none, and a mark for each delivered one, so
 * that none is sent twice. Both are in the watched folder and shared by all of its watchers.
 */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { listNames, readSealed, removeFile, writeSealed } from '../watch/own-files.ts';

/** A message for one endpoint. Stored as JSON: field names stay. */
export interface OutboxMessage {
  /** The same for every attempt and every endpoint. */
  id: string;
  /** `Endpoint.id`. */
  endpoint: string;
  type: string;
  body: string;
  /** Milliseconds since 1970, because the times must be valid after a restart. */
  createdAtMs: number;
  tries: number;
  nextAtMs: number;
}

/** Limit for pending messages; beyond it the oldest are dropped. */
const MAX_PENDING = 10_000;
/** How long marks are stored, in milliseconds; the same event after that is sent again. */
const MARK_RETENTION_MS = 90 * 24 * 60 * 60_000;

/** The outbox of one watched folder. */
export class Outbox {
  readonly #pendingFolder: string;
  readonly #doneFolder: string;

  /** `ownFolder`: the watcher's own folder in the watched one. */
  constructor(ownFolder: string) {
    this.#pendingFolder = join(ownFolder, 'outbox');
    this.#doneFolder = join(ownFolder, 'told');
  }

  /** Adds a message unless it is pending or done. Returns whether it was added. Rejects with the file system's error. */
  async add(message: OutboxMessage): Promise<boolean> {
    if ((await exists(this.#fileOf(message))) || (await this.isDone(message))) return false;
    for (const folder of [this.#pendingFolder, this.#doneFolder]) {
      // Never create the parent folder: somebody may have removed the watched folder.
      await mkdir(folder).catch((error: unknown) => {
        if (systemCode(error) !== 'EEXIST') throw error;
      });
    }
    await this.update(message);
    return true;
  }

  /** Writes the current state of a message. */
  async update(message: OutboxMessage): Promise<void> {
    await writeSealed(this.#fileOf(message), message);
  }

  /** Whether any watcher has delivered or dropped the message. */
  isDone(message: OutboxMessage): Promise<boolean> {
    return exists(this.#markOf(message));
  }

  /** Marks a message as delivered or dropped, so that it is never added again. */
  async markDone(message: OutboxMessage): Promise<void> {
    await writeFile(this.#markOf(message), '');
    await removeFile(this.#fileOf(message));
  }

  /** Pending messages, oldest first, and those beyond the limit. Removes damaged files. */
  async list(
    known: ReadonlyMap<string, OutboxMessage> = new Map(),
  ): Promise<{ messages: OutboxMessage[]; overflow: OutboxMessage[] }> {
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
    return { messages, overflow };
  }

  /** Removes marks older than their retention. */
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

/** The key of a message, which names its files. */
export function messageKey({ id, endpoint }: Pick<OutboxMessage, 'id' | 'endpoint'>): string {
  return `${endpoint}-${id}`;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The file is sealed, so checking one field is enough. */
function isOutboxMessage(value: unknown): value is OutboxMessage {
  return typeof value === 'object' && value !== null && 'body' in value && typeof value.body === 'string';
}
