/**
 * The embedded queue: PostgreSQL in this process (PGlite), for BullMQ's PostgreSQL backend.
 *
 * It is as disposable as the queue itself: a copy of the cached seed in a new temporary folder, removed at close. It is
 * a folder and not memory, because that starts faster and takes 100 MB less (measured, see docs/explanation/performance.md).
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { PgPool } from 'bullmq';
import { PipelineError } from '../../errors.ts';
import { OWNER_MARK, removeAbandoned } from '../../holders/abandoned.ts';
import { copySeed, dropSeed } from './embedded-seed.ts';
import { openPool } from './pglite-pool.ts';

/** An open embedded database. */
export interface EmbeddedDatabase {
  pool: PgPool;
  /** Closes the database and removes its files. */
  close(): Promise<void>;
}

/**
 * Starts the embedded database: about half a second when `cacheDir` has a seed, about six seconds the first time.
 *
 * `notice` is called with the reason for a slow start. Throws `queue-unreachable` when it cannot be started and
 * `disk-full` when there is no room; a retry helps neither.
 */
export async function openEmbedded(options: {
  cacheDir: string;
  notice?: ((message: string) => void) | undefined;
}): Promise<EmbeddedDatabase> {
  await sweepAbandoned();
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    // The seed was complete by its size and still does not open: its content is damaged.
    await dropSeed(options.cacheDir).catch(() => {});
  }
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const message = 'The embedded queue does not start. Set REDIS_URL to use a Redis server instead.';
    throw new PipelineError({ code: 'queue-unreachable', message, retry: 'never', cause: error });
  }
}

/** Prefix of a running database's folder, with the mark of its process: containers may share the folder above it. */
const RUN_PREFIX = `pipeline-queue-${OWNER_MARK}-`;
/** A folder whose process cannot be judged is removed when it has not changed for so long: longer than any run. */
const ABANDONED_AFTER_MS = 7 * 24 * 60 * 60 * 1000;

async function start({
  cacheDir,
  notice,
}: {
  cacheDir: string;
  notice?: ((message: string) => void) | undefined;
}): Promise<EmbeddedDatabase> {
  const base = tmpdir();
  await mkdir(base, { recursive: true });
  const folder = await mkdtemp(join(base, RUN_PREFIX));
  let database: PGlite | undefined;
  try {
    const data = join(folder, 'data');
    await copySeed({ cacheDir, target: data, notice });
    database = new PGlite(data, {
      relaxedDurability: true,
      // 8 MB of buffers instead of 128: the queue is small, and the rest would only cost memory.
      startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB', '-c', 'search_path=bullmq'],
    });
    await database.waitReady;
    await database.query('select version from migration limit 1');
    const opened = database;
    const pool = await openPool(opened);
    return {
      pool,
      close: async () => {
        await pool.end();
        await opened.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await database?.close().catch(() => {});
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Removes the folders of processes that have ended. */
async function sweepAbandoned(): Promise<void> {
  const isTemporary = (name: string): boolean => name.startsWith('pipeline-queue-');
  await removeAbandoned(tmpdir(), { afterMs: ABANDONED_AFTER_MS, isTemporary }).catch(() => undefined);
}
