/** The place that is watched: a folder, or a prefix on S3 with its mirror on this machine. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, ConfigError, silenceSdkNotice } from '../../config.ts';
import { describeError } from '../../errors.ts';
import type { Bucket } from '../../store/s3/bucket.ts';
import { type Claim, Claims } from '../../watch/claim.ts';
import { DEFAULT_TIMINGS } from '../../watch/options.ts';
import type { InboxView } from '../../watch/view.ts';
import type { WatcherStorage } from '../../watch/watcher-storage.ts';

/** A place on S3 is listed so often, in milliseconds. */
const LIST_MS = 5_000;
/** Listing a large one may take this part of one processor's time. */
const SHARE_OF_TIME = 0.01;
/** Longest pause between two lists, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000;
/** More watchers of one place on one machine make no sense. */
const MOST_LOCAL_COPIES = 32;

/** What a watcher watches. */
export interface WatchedPlace {
  /** The folder that is watched, absolute. */
  folder: string;
  /** Of a place on S3; for people. */
  address?: string;
  keeping?: WatcherStorage;
  /** Begins to follow the place, when it is on S3. */
  follow(view: InboxView): void;
  close(): Promise<void>;
}

/** Opens a folder. Throws `ConfigError` when it is none. */
export async function openWatchedFolder(folder: string): Promise<WatchedPlace> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new ConfigError(`${folder} is not a folder.`);
  return { folder: root, follow: () => undefined, close: async () => undefined };
}

/** Opens a place on S3 and fetches what lies there. Fails with `store-unwritable` or `store-unreachable`. */
export async function openWatchedPrefix(
  { s3Inbox, s3InboxDir: mirrorDir, outDir }: Config,
  notice: (message: string) => void,
): Promise<WatchedPlace> {
  if (s3Inbox === undefined || mirrorDir === undefined) throw new Error('Internal error: no place on S3 is watched.');
  silenceSdkNotice();
  const [{ Bucket }, { S3Sync }, { s3WatcherStorage, requireConditionalWrites }] = await Promise.all([
    import('../../store/s3/bucket.ts'),
    import('../../s3-inbox/sync.ts'),
    import('../../s3-inbox/watcher-storage.ts'),
  ]);
  const bucket: Bucket = new Bucket(s3Inbox);
  await requireConditionalWrites(bucket);
  const { base, claim } = await ownLocalCopy(mirrorDir);
  try {
    const folder = join(base, 'inbox');
    await mkdir(folder, { recursive: true });
    const real = await realpath(folder);
    const { location: address } = bucket;
    const done = outDir.startsWith(`${address}/`) ? `${outDir.slice(address.length + 1)}/` : undefined;
    const sync = new S3Sync({ bucket, folder: real, indexPath: join(base, 'index.json'), done, notice });
    await sync.open();
    await sync.syncOnce();
    const storage = s3WatcherStorage({
      bucket,
      folder: real,
      timings: DEFAULT_TIMINGS.claim,
      fingerprintOf: (name) => sync.fingerprintOf(name),
    });
    const stop = new AbortController();
    let following: Promise<void> = Promise.resolve();
    return {
      folder: real,
      address,
      keeping: storage,
      follow: (view) => {
        following = keepFollowing({ follow: () => sync.syncOnce(), view, notice, signal: stop.signal });
      },
      close: async () => {
        stop.abort();
        await following;
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** A folder for this process alone: two mirrors in one would remove each other's files. */
async function ownLocalCopy(mirrorDir: string): Promise<{ base: string; claim: Claim }> {
  const claims = new Claims();
  await mkdir(mirrorDir, { recursive: true });
  for (let number = 1; number <= MOST_LOCAL_COPIES; number++) {
    const claim = await claims.take(join(mirrorDir, `${number}.json`));
    if (claim !== undefined) return { base: join(mirrorDir, String(number)), claim };
  }
  throw new ConfigError(`${MOST_LOCAL_COPIES} watchers of this machine are at this place already.`);
}

/** Lists again and again until the signal aborts. What goes wrong is said once, until it works. */
async function keepFollowing(of: {
  follow(): Promise<string[]>;
  view: InboxView;
  notice: (message: string) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { follow, view, notice, signal } = of;
  let trouble: string | undefined;
  while (!signal.aborted) {
    const cpu = process.cpuUsage();
    const from = performance.now();
    try {
      for (const path of await follow()) view.scanSoon(path);
      if (trouble !== undefined) notice('The watched place answers again.');
      trouble = undefined;
    } catch (error) {
      const words = describeError(error);
      if (words !== trouble) notice(`${words} Nothing is taken for removed meanwhile.`);
      trouble = words;
    }
    const { user, system } = process.cpuUsage(cpu);
    // While books are spoken the processor's time is mostly theirs.
    const costMs = Math.min((user + system) / 1000, performance.now() - from);
    const pauseMs = Math.min(Math.max(LIST_MS, costMs / SHARE_OF_TIME), LONGEST_PAUSE_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
