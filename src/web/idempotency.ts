/**
 * Which submission an Idempotency-Key stands for: one file for each key in the watcher's own folder. The first request creates
 * it, so that of several at once, in any process, one decides; all others follow it, whatever their queries say.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { publishFile, publishNewFile } from '../store/atomic-file.ts';

/** What a key stands for. */
export interface KeyedSubmission {
  /** Path of the book in the watched folder. */
  path: string;
  /** SHA-256 of its bytes. */
  digest: string;
  /** The book was put there; from then on, a repeated request changes nothing. */
  done: boolean;
}

/** A key of one submission. */
export interface SubmissionKey {
  /** The submission that the key stands for: `wanted` when it is new, otherwise that of the first request. */
  claim(wanted: Omit<KeyedSubmission, 'done'>): Promise<KeyedSubmission & { isNew: boolean }>;
  /** The book is in the folder. */
  done(of: KeyedSubmission): Promise<void>;
  /** The first request was refused: the key is as if it had not been used. */
  release(): Promise<void>;
}

/** Folder of the records in the watcher's own. */
const FOLDER = 'keys';
/** Keys that are remembered; beyond them the oldest are forgotten, by the clock of the disk alone. */
const MOST_KEYS = 10_000;
/** Forgotten at once, so that the folder is listed seldom. */
const FORGOTTEN_AT_ONCE = 1_000;
const CONCURRENT_STATS = 16;

/** The key in the watcher's own folder; `mostKeys` is changed by tests only. */
export function submissionKey(
  ownFolder: string,
  key: string,
  { mostKeys = MOST_KEYS, forgottenAtOnce = FORGOTTEN_AT_ONCE } = {},
): SubmissionKey {
  const folder = join(ownFolder, FOLDER);
  const file = join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  return {
    claim: async (wanted) => {
      const mine = { ...wanted, done: false };
      for (;;) {
        if (await write(mine, publishNewFile)) {
          await forgetOldest(folder, { mostKeys, forgottenAtOnce });
          return { ...mine, isNew: true };
        }
        const first = await read(file);
        if (first !== undefined) return { ...first, isNew: false };
      }
    },
    done: async (of) => void (await write({ path: of.path, digest: of.digest, done: true }, publishFile)),
    release: async () => {
      // Another request with the key may have had more luck.
      if (!(await read(file))?.done) await rm(file, { force: true });
    },
  };

  async function write<T>(
    value: KeyedSubmission,
    publish: (temporary: string, path: string) => Promise<T>,
  ): Promise<T> {
    const temporary = join(ownFolder, 'tmp', `.writing-${randomUUID()}`);
    await mkdir(join(ownFolder, 'tmp'), { recursive: true });
    try {
      await writeFile(temporary, JSON.stringify(value), { flag: 'wx', flush: true });
      return await publish(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  }
}

/** Undefined when it is gone. A damaged one is removed: it says nothing. */
async function read(file: string): Promise<KeyedSubmission | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { path, digest, done } = JSON.parse(text) as Partial<Record<keyof KeyedSubmission, unknown>>;
    if (typeof path === 'string' && typeof digest === 'string') return { path, digest, done: done === true };
  } catch {
    // As one with other content.
  }
  await rm(file, { force: true });
  return undefined;
}

async function forgetOldest(
  folder: string,
  { mostKeys, forgottenAtOnce }: { mostKeys: number; forgottenAtOnce: number },
): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= mostKeys) return;
  const known = await pLimit(CONCURRENT_STATS).map(names, async (name) => {
    const path = join(folder, name);
    return { path, writtenMs: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
  });
  const oldest = known
    .sort((a, b) => a.writtenMs - b.writtenMs)
    .slice(0, names.length - mostKeys + forgottenAtOnce - 1);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true })));
}
