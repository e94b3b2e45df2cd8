/** The watched place: a folder, or a prefix on S3 with its local copy. */
import { mkdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withPackages } from '../../composition/optional-packages.ts';
import { type Config, silenceSdkNotice } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { describeError } from '../../errors.ts';
import type { Bucket } from '../../store/s3/bucket.ts';
import { type Claim, Claims } from '../../watch/claim.ts';
import { DEFAULT_TIMINGS } from '../../watch/options.ts';
import type { InboxView } from '../../watch/view.ts';
import type { WatcherStorage } from '../../watch/watcher-storage.ts';

/** How often a prefix on S3 is listed, in milliseconds. */
const LIST_MS = 5_000;
/** Most of one processor's time that listing a large prefix may take. */
const SHARE_OF_TIME = 0.01;
/** Longest pause between two listings, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000;
/** Most watchers of one prefix on one machine. */
const MOST_LOCAL_COPIES = 32;

/** A watched place, open. */
export interface WatchedPlace {
  /** The folder that is watched, absolute. */
  folder: string;
  /** `s3://bucket/prefix`, for people; undefined for a folder. */
  address?: string;
  storage?: WatcherStorage;
  /** Starts to list the prefix on S3; does nothing for a folder. */
  follow(view: InboxView): void;
  close(): Promise<void>;
}

/** Opens a folder. Throws `ConfigError` when it is not one. */
export async function openWatchedFolder(folder: string): Promise<WatchedPlace> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new ConfigError(`${folder} is not a folder. Create it, or name another.`);
  return { folder: root, follow: () => undefined, close: async () => undefined };
}

/** Opens a prefix on S3 and downloads what it holds; soon after `stopped`, nothing waits for a silent server. Fails with `store-unwritable` or `store-unreachable`. */
export async function openWatchedPrefix(
  { s3Inbox, s3InboxDir: localDir, outDir }: Config,
  { notice, stopped }: { notice: (message: string) => void; stopped: AbortSignal },
): Promise<WatchedPlace> {
  if (s3Inbox === undefined || localDir === undefined) throw new Error('Internal error: no place on S3 is watched.');
  silenceSdkNotice();
  const [{ Bucket }, { S3Sync }, { s3WatcherStorage, requireConditionalWrites }] = await Promise.all([
    withPackages('s3', () => import('../../store/s3/bucket.ts')),
    import('../../s3-inbox/sync.ts'),
    import('../../s3-inbox/watcher-storage.ts'),
  ]);
  const bucket: Bucket = new Bucket(s3Inbox, { stop: stopped });
  await requireConditionalWrites(bucket);
  const { base, claim } = await ownLocalCopy(localDir);
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
      storage,
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

/** A folder for this process alone: two local copies in one folder would delete each other's files. */
async function ownLocalCopy(localDir: string): Promise<{ base: string; claim: Claim }> {
  const claims = new Claims();
  await mkdir(localDir, { recursive: true });
  for (let number = 1; number <= MOST_LOCAL_COPIES; number++) {
    const claim = await claims.take(join(localDir, `${number}.json`));
    if (claim !== undefined) return { base: join(localDir, String(number)), claim };
  }
  throw new ConfigError(
    `${MOST_LOCAL_COPIES} watchers on this machine watch this prefix already. Stop one of them first.`,
  );
}

/** Lists the prefix until the signal aborts. Reports a failure once, until listing works again. */
async function keepFollowing(of: {
  follow(): Promise<string[]>;
  view: InboxView;
  notice: (message: string) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { follow, view, notice, signal } = of;
  let failure: string | undefined;
  while (!signal.aborted) {
    const cpu = process.cpuUsage();
    const from = performance.now();
    try {
      for (const path of await follow()) view.scanSoon(path);
      if (failure !== undefined) notice('The watched prefix can be listed again.');
      failure = undefined;
    } catch (error) {
      const words = describeError(error);
      if (words !== failure) notice(`${words} Until then, no book counts as removed.`);
      failure = words;
    }
    const { user, system } = process.cpuUsage(cpu);
    // While books are made, most of the processor's time is theirs.
    const costMs = Math.min((user + system) / 1000, performance.now() - from);
    const pauseMs = Math.min(Math.max(LIST_MS, costMs / SHARE_OF_TIME), LONGEST_PAUSE_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
