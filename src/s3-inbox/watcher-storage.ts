/** Storage of a watcher on S3, beside the drops: claims as leases, records and status files as objects. */
import { join, relative, sep } from 'node:path';
import { PipelineError } from '../errors.ts';
import { sealRecord, unsealRecord } from '../store/record-seal.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { errorResponseOf } from '../store/s3/failure.ts';
import { S3Lease } from '../store/s3/lease.ts';
import type { Claim, ClaimKeeper, ClaimTimings } from '../watch/claim.ts';
import { OWN_FOLDER } from '../watch/file-names.ts';
import type { StatusStorage } from '../watch/status-storage.ts';
import { makeOwnFolders, type WatcherRecords, type WatcherStorage } from '../watch/watcher-storage.ts';

/** Options of the storage. */
export interface S3WatcherStorageOptions {
  /** The watched prefix; its object names are the paths in the local copy. */
  bucket: Bucket;
  /** Absolute path of the local copy. */
  folder: string;
  timings: ClaimTimings;
  /** Fingerprint of the object of a local file. */
  fingerprintOf(name: string): string | undefined;
}

/** Storage below the watched prefix; any number of watchers with local copies of their own share it. */
export function s3WatcherStorage({ bucket, folder, timings, fingerprintOf }: S3WatcherStorageOptions): WatcherStorage {
  const nameOf = (path: string): string => relative(folder, path).replaceAll(sep, '/');
  return {
    claims: new LeaseClaims(bucket, nameOf, timings),
    records: s3Records(bucket),
    statusStorage: s3StatusStorage(bucket, nameOf),
    fingerprintOf: async (path) => fingerprintOf(nameOf(path)),
    prepare: () => makeOwnFolders(join(folder, OWN_FOLDER)),
  };
}

/** Claims of one watcher. */
class LeaseClaims implements ClaimKeeper {
  readonly #bucket: Bucket;
  readonly #nameOf: (path: string) => string;
  readonly #times: ClaimTimings;
  readonly #sights = new Map<string, S3Lease>();

  constructor(bucket: Bucket, nameOf: (path: string) => string, times: ClaimTimings) {
    this.#bucket = bucket;
    this.#nameOf = nameOf;
    this.#times = times;
  }

  async take(path: string): Promise<Claim | undefined> {
    const tried = await this.#sight(path).tryAcquire();
    if ('release' in tried) this.forget(path);
    return 'release' in tried ? tried : undefined;
  }

  async isTaken(path: string): Promise<boolean> {
    const found = await this.#sight(path).read();
    return found !== undefined && !found.isDead;
  }

  forget(path: string): void {
    this.#sights.delete(path);
  }

  #sight(path: string): S3Lease {
    const sight = this.#sights.get(path) ?? new S3Lease(this.#bucket, this.#nameOf(path), this.#times);
    this.#sights.set(path, sight);
    return sight;
  }
}

function s3Records(bucket: Bucket): WatcherRecords {
  const own = (name: string): string => `${OWN_FOLDER}/${name}`;
  return {
    read: async (name) => {
      const found = await bucket.getText(own(name));
      return found === undefined ? undefined : unsealRecord(found.text);
    },
    write: (name, value) => bucket.put(own(name), sealRecord(value)),
    remove: (name) => bucket.delete(own(name)),
    list: async (folder) => {
      const names: string[] = [];
      for await (const { name } of bucket.list(`${own(folder)}/`)) names.push(name.slice(own(folder).length + 1));
      return names;
    },
  };
}

function s3StatusStorage(bucket: Bucket, nameOf: (path: string) => string): StatusStorage {
  return {
    read: async (path) => (await bucket.getText(nameOf(path)).catch(() => undefined))?.text,
    write: (path, text) => bucket.put(nameOf(path), text),
    remove: (path) => bucket.delete(nameOf(path)).catch(() => undefined),
  };
}

/**
 * Checks that the prefix can be written and that the server supports conditional writes, without which two watchers could
 * claim one book. Rejects with the bucket's error or with `store-unwritable`.
 */
export async function requireConditionalWrites(bucket: Bucket): Promise<void> {
  const name = `${OWN_FOLDER}/format.json`;
  const content = '{"format":"pipeline-watch","version":1}\n';
  await bucket.put(name, content);
  const second = await bucket.putIf(name, content, { ifNoneMatch: '*' }).catch((error: unknown) => {
    const unknown = error instanceof PipelineError && errorResponseOf(error.cause)?.status === 501;
    if (!unknown) throw error;
    return { done: true };
  });
  if (!second.done) return;
  throw new PipelineError({
    code: 'store-unwritable',
    message: `The server of ${bucket.location} does not support conditional writes (If-None-Match), so two watchers could run one book twice. Use a server that supports them; docs/reference/store.md names some.`,
    retry: 'never',
  });
}
