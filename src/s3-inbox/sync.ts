/**
 * Keeps a local copy of an S3 prefix, so that it can be watched like any folder: new objects are fetched, removed ones are
 * removed here. The sync never writes to S3.
 *
 * The prefix is listed at intervals, because there are no events. An object is identified by its ETag and size, and is
 * always complete. While S3 does not answer, the local copy stays as it is, and nothing counts as removed.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { describeError } from '../errors.ts';
import type { Bucket } from '../store/s3/bucket.ts';
import { kindOfName, OWN_FOLDER } from '../watch/file-names.ts';
import { listNames, readSealed, removeFile, writeSealed } from '../watch/own-files.ts';
import { objectsOf } from './list-objects.ts';
import { localFileOf } from './object-names.ts';

const OWN_PREFIX = `${OWN_FOLDER}/`;
/** Objects fetched at once. */
const CONCURRENT_FETCHES = 8;
/** Names of unfinished downloads. */
const FETCHING = /^\.fetching-[0-9a-f-]{36}$/;
/** Larger objects are not fetched: no manifest, recording or archive that a watcher accepts is as large. */
const MAX_BYTES = 1024 * 1024 * 1024;
/** Objects beyond this number are ignored. */
const MAX_OBJECTS = 200_000;

/** An object as listed. Stored in the index: field names stay. */
interface IndexedObject {
  etag: string;
  byteLength: number;
}

/** Options of a sync. */
export interface S3SyncOptions {
  bucket: Bucket;
  /** Absolute path of the local copy; nobody else writes into it. */
  folder: string;
  /** Absolute path of the index of fetched objects, beside the folder; it survives restarts. */
  indexPath: string;
  /** Prefix of finished books, when they are delivered below the same prefix. */
  done: string | undefined;
  notice(message: string): void;
}

/** The sync of one S3 prefix. */
export class S3Sync {
  readonly #options: S3SyncOptions;
  #index = new Map<string, IndexedObject>();
  readonly #reported = new Set<string>();

  constructor(options: S3SyncOptions) {
    this.#options = options;
  }

  /** Reuses the files that an earlier process fetched, and removes those that may be damaged. */
  async open(): Promise<void> {
    const { folder, indexPath } = this.#options;
    const temporaryFolder = join(folder, OWN_FOLDER, 'tmp');
    await mkdir(temporaryFolder, { recursive: true });
    for (const name of await listNames(temporaryFolder))
      if (FETCHING.test(name)) await removeFile(join(temporaryFolder, name));
    const stored = await readSealed(indexPath);
    const entries = typeof stored === 'object' && stored !== null && 'objects' in stored ? stored.objects : [];
    this.#index = new Map(Array.isArray(entries) ? (entries as [string, IndexedObject][]) : []);
    const found = new Set<string>();
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(folder.length + 1);
      if (name.startsWith(OWN_PREFIX)) continue;
      // After a power cut a file may be shorter than it was.
      if (this.#index.get(name)?.byteLength === (await stat(path)).size) found.add(name);
      else await rm(path, { force: true });
    }
    for (const name of this.#index.keys()) if (!found.has(name)) this.#index.delete(name);
  }

  /** Fingerprint of an object; undefined when there is none. */
  fingerprintOf(name: string): string | undefined {
    const seen = this.#index.get(name);
    return seen === undefined ? undefined : `${seen.byteLength} ${seen.etag}`;
  }

  /** Lists the prefix and updates the folder. Returns the absolute paths of the changed files. Rejects with the bucket's error. */
  async syncOnce(): Promise<string[]> {
    const { bucket, folder, done } = this.#options;
    const listed = new Map<string, IndexedObject>();
    for await (const { name, byteLength, etag } of objectsOf(bucket, [
      ...(done === undefined ? [] : [done]),
      OWN_PREFIX,
    ])) {
      const kind = localFileOf(name, done);
      if (kind === 'skipped') continue;
      if (kind === 'invalid')
        this.#noticeOnce(name, `"${name}" in ${bucket.location} is not a valid file name. The object is ignored.`);
      else if (byteLength > MAX_BYTES)
        this.#noticeOnce(name, `"${name}" in ${bucket.location} is larger than 1 GB. The object is ignored.`);
      else if (listed.size < MAX_OBJECTS) listed.set(name, kind === 'status' ? STATUS_OBJECT : { byteLength, etag });
    }
    const gone = [...this.#index.keys()].filter((name) => !listed.has(name));
    for (const name of gone) await this.#remove(name);
    const changedObjects = [...listed].filter(([name, seen]) => !isSame(this.#index.get(name), seen));
    const limit = pLimit(CONCURRENT_FETCHES);
    // Manifests come last, when the files that they name are there.
    const [others, books] = [
      changedObjects.filter(([name]) => !isBook(name)),
      changedObjects.filter(([name]) => isBook(name)),
    ];
    const changed: string[] = [];
    for (const group of [others, books]) {
      await limit.map(group, async ([name, seen]) => {
        if (await this.#fetch(name, seen)) changed.push(name);
      });
    }
    if (changed.length + gone.length > 0)
      await writeSealed(this.#options.indexPath, { objects: [...this.#index] }, { flush: false });
    return [...changed, ...gone].map((name) => join(folder, name));
  }

  /** Returns whether the object was fetched; one that changed in the meantime is fetched after the next list. */
  async #fetch(name: string, seen: IndexedObject): Promise<boolean> {
    const { bucket, folder, notice } = this.#options;
    const path = join(folder, name);
    const temporary = join(folder, OWN_FOLDER, 'tmp', `.fetching-${randomUUID()}`);
    try {
      await mkdir(dirname(path), { recursive: true });
      if (seen === STATUS_OBJECT) await writeFile(temporary, '');
      else {
        const object = await bucket.get(name);
        if (object === undefined) return false;
        if (object.etag !== undefined && object.etag !== seen.etag) {
          object.body.destroy();
          return false;
        }
        await pipeline(object.body, createWriteStream(temporary));
        if ((await stat(temporary)).size !== seen.byteLength) return false;
      }
      await rename(temporary, path);
      this.#index.set(name, seen);
      return true;
    } catch (error) {
      this.#noticeOnce(
        `${name} ${describeError(error)}`,
        `"${name}" could not be fetched: ${describeError(bucket.toStoreError(error))}`,
      );
      return false;
    } finally {
      await rm(temporary, { force: true }).catch((error: unknown) => notice(String(error)));
    }
  }

  async #remove(name: string): Promise<void> {
    const { folder } = this.#options;
    await rm(join(folder, name), { force: true });
    this.#index.delete(name);
    // S3 has no folders: a folder is removed with its last file.
    for (let above = dirname(name); above !== '.'; above = dirname(above)) {
      if (
        !(await rmdir(join(folder, above)).then(
          () => true,
          () => false,
        ))
      )
        break;
    }
  }

  #noticeOnce(what: string, message: string): void {
    if (this.#reported.has(what)) return;
    this.#reported.add(what);
    this.#options.notice(message);
  }
}

/** A status file of a watcher: only its existence matters here. The ETag is stored in the index and stays. */
const STATUS_OBJECT: IndexedObject = { etag: 'sign', byteLength: 0 };

function isBook(name: string): boolean {
  const kind = kindOfName(basename(name), { atRoot: !name.includes('/') });
  return kind === 'manifest' || kind === 'archive';
}

function isSame(before: IndexedObject | undefined, now: IndexedObject): boolean {
  return before?.etag === now.etag && before.byteLength === now.byteLength;
}
