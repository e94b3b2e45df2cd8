/** The store on S3 or a compatible server, with the same names as on a disk (src/store/layout.ts). */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError } from '../../errors.ts';
import { temporaryName } from '../../holders/abandoned.ts';
import { openBlobWriter, writeAll } from '../blob-writer.ts';
import { damagedError, refuseDamaged } from '../damaged.ts';
import { idOfMark, newMark } from '../format-mark.ts';
import type { Journals } from '../journals.ts';
import { blobName, damagedName, keyOfRecord, MARK_NAME, recordFolder, recordName, shardOf } from '../layout.ts';
import { sealRecord, unsealRecord } from '../record-seal.ts';
import type { BlobRef, BlobWriter, LockRequest, RecordKind, Store, StoredObject, StoreLock } from '../store.ts';
import { newWorkFolder, openWorkFolder } from '../work-folder.ts';
import { Bucket } from './bucket.ts';
import { errorResponseOf, isNetworkError } from './failure.ts';
import { deleteUnchanged, listBucket, objectAgeMs } from './inventory.ts';
import { openS3Journals } from './journals.ts';
import { acquireStoreLease, conditionalWritesUnsupported } from './lease.ts';
import { findSizes, readTexts } from './many.ts';
import type { S3Place } from './place.ts';

/** Consecutive retries of a broken read that bring not a single byte. */
const BREAKS_IN_A_ROW = 5;

/**
 * Opens the store at `place`, marking it as ours when it is new. `workFolder` is a local folder for uploads in
 * progress.
 *
 * Fails with `store-unwritable` (no bucket, no permission, credentials, region, clock, a newer format),
 * `store-unreachable` or `disk-full`.
 */
export async function openS3Store(
  place: S3Place,
  {
    workFolder,
    ...of
  }: { workFolder: string; notice?: ((message: string) => void) | undefined; stop?: AbortSignal | undefined },
): Promise<Store> {
  await openWorkFolder(workFolder);
  const bucket = new Bucket(place, of);
  const { id, conditional } = await openMark(bucket);
  return new S3Store({ bucket, id, conditional, workFolder });
}

/**
 * Marks a new store or checks the existing mark, and finds out whether the server supports conditional writes: one that
 * does must refuse to write the mark again. Of several processes that open a new store at once, the first one sets the
 * ID; all read the same ID.
 */
async function openMark(bucket: Bucket): Promise<{ id: string; conditional: boolean }> {
  const before = await bucket.getText(MARK_NAME);
  if (before !== undefined) {
    const id = idOf(bucket, before.text);
    // The same bytes: if they are written after all, nothing changes.
    if (id !== undefined) return { id, conditional: (await putIfAbsent(bucket, before.text)) === 'refused' };
    // A store that is older than IDs, copied from a disk.
    await bucket.put(MARK_NAME, newMark());
    return openMark(bucket);
  }
  await putIfAbsent(bucket, newMark());
  return openMark(bucket);
}

function idOf(bucket: Bucket, text: string): string | undefined {
  return idOfMark(text, { location: bucket.location, path: `${bucket.location}/${MARK_NAME}` });
}

async function putIfAbsent(bucket: Bucket, text: string): Promise<'written' | 'refused' | 'unknown'> {
  try {
    return (await bucket.putIf(MARK_NAME, text, { ifNoneMatch: '*' })).done ? 'written' : 'refused';
  } catch (error) {
    const cause = error instanceof PipelineError ? errorResponseOf(error.cause) : undefined;
    if (cause?.status !== 501) throw error;
    await bucket.put(MARK_NAME, text);
    return 'unknown';
  }
}

class S3Store implements Store {
  readonly location: string;
  readonly id: string;
  readonly supportsConditionalWrites: boolean;
  readonly journals: Journals;
  readonly isFar = true;
  readonly #bucket: Bucket;
  readonly #workFolder: string;

  constructor(of: { bucket: Bucket; id: string; conditional: boolean; workFolder: string }) {
    this.location = of.bucket.location;
    this.id = of.id;
    this.#bucket = of.bucket;
    this.supportsConditionalWrites = of.conditional;
    this.#workFolder = of.workFolder;
    this.journals = openS3Journals(of.bucket);
  }

  async readRecord(kind: RecordKind, key: string): Promise<unknown> {
    const found = await this.#bucket.getText(recordName(kind, key));
    return found === undefined ? undefined : unsealRecord(found.text);
  }

  async *readRecords(kind: RecordKind, keys: Iterable<string>): AsyncGenerator<[string, unknown][]> {
    const byName = new Map(Array.from(keys, (key) => [recordName(kind, key), key]));
    for await (const piece of readTexts(this.#bucket, [...byName.keys()])) {
      const complete = piece.flatMap(([name, text]): [string, unknown][] => {
        const value = unsealRecord(text);
        return value === undefined ? [] : [[byName.get(name) ?? '', value]];
      });
      if (complete.length > 0) yield complete;
    }
  }

  async writeRecord(kind: RecordKind, key: string, value: object): Promise<void> {
    await this.#bucket.put(recordName(kind, key), sealRecord(value));
  }

  async addRecord(kind: RecordKind, key: string, value: object): Promise<boolean> {
    const name = recordName(kind, key);
    const sealed = sealRecord(value);
    if (!this.supportsConditionalWrites) {
      if ((await this.#bucket.size(name)) !== undefined) return false;
      await this.#bucket.put(name, sealed);
      return true;
    }
    if ((await this.#bucket.putIf(name, sealed, { ifNoneMatch: '*' })).done) return true;
    // Perhaps our own first request, whose response was lost.
    return (await this.#bucket.getText(name))?.text === sealed;
  }

  async deleteRecord(kind: RecordKind, key: string): Promise<void> {
    await this.#bucket.delete(recordName(kind, key));
  }

  async listRecords(kind: RecordKind, { startsWith = '' }: { startsWith?: string } = {}): Promise<string[]> {
    const keys: string[] = [];
    const start = startsWith === '' ? '' : `${shardOf(startsWith)}/${startsWith}`;
    for await (const { name } of this.#bucket.list(`${recordFolder(kind)}${start}`)) {
      const key = keyOfRecord(name);
      if (key !== undefined) keys.push(key);
    }
    return keys;
  }

  async blobSize(digest: string): Promise<number | undefined> {
    return this.#bucket.size(blobName(digest));
  }

  async blobSizes(digests: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    const byName = new Map(Array.from(digests, (digest) => [blobName(digest), digest]));
    const sizes = await findSizes(this.#bucket, [...byName.keys()]);
    return new Map([...sizes].map(([name, size]) => [byName.get(name) ?? '', size]));
  }

  async *openBlob(digest: string): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    let offset = 0;
    for (let breaks = 0; ; ) {
      try {
        const object = await this.#bucket.get(blobName(digest), { start: offset });
        if (object === undefined) throw damagedError(digest, 'is missing');
        for await (const piece of object.body as AsyncIterable<Buffer>) {
          hash.update(piece);
          offset += piece.byteLength;
          breaks = 0;
          yield piece;
        }
        break;
      } catch (error) {
        // The end of the object was reached just before the connection broke.
        if (offset > 0 && isPastEnd(error)) break;
        breaks += 1;
        if (!isNetworkError(error) || breaks > BREAKS_IN_A_ROW) throw this.#bucket.toStoreError(error);
      }
    }
    if (hash.digest('hex') !== digest) await this.#handleMismatch(digest);
  }

  async readBlob(digest: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.openBlob(digest)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** Written even if it exists: the same name means the same bytes, and a damaged blob is repaired. */
  async putBlob(bytes: Uint8Array): Promise<BlobRef> {
    const digest = createHash('sha256').update(bytes).digest('hex');
    await this.#bucket.put(blobName(digest), bytes);
    return { digest, byteLength: bytes.byteLength };
  }

  async createBlob(): Promise<BlobWriter> {
    return openBlobWriter({
      root: this.#workFolder,
      temporary: join(this.#workFolder, temporaryName()),
      // It need not outlive this process: the object is permanent.
      flush: false,
      publish: async (file, { digest, byteLength }) => {
        await this.#bucket.putFile(blobName(digest), file, byteLength);
        await rm(file, { force: true });
      },
    });
  }

  async putFile(path: string): Promise<BlobRef> {
    const hash = createHash('sha256');
    let byteLength = 0;
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(piece);
      byteLength += piece.byteLength;
    }
    const digest = hash.digest('hex');
    await this.#bucket.putFile(blobName(digest), path, byteLength);
    return { digest, byteLength };
  }

  async copyOut(digest: string, path: string): Promise<void> {
    const file = await open(path, 'wx');
    try {
      for await (const piece of this.openBlob(digest)) await writeAll(file, piece);
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
  }

  recordAgeMs(kind: RecordKind, key: string): Promise<number | undefined> {
    return objectAgeMs(this.#bucket, recordName(kind, key));
  }

  inventory(): AsyncIterable<StoredObject[]> {
    return listBucket(this.#bucket);
  }

  deleteObject(object: StoredObject): Promise<boolean> {
    return deleteUnchanged(this.#bucket, object);
  }

  async workFolder(): Promise<string> {
    return newWorkFolder(this.#workFolder);
  }

  /** A bucket takes every name or none; `openMark` has written one. */
  async proveWritable(): Promise<void> {}

  async lock(request: LockRequest): Promise<StoreLock> {
    if (!this.supportsConditionalWrites) throw conditionalWritesUnsupported(this.location);
    return acquireStoreLease(this.#bucket, request);
  }

  async linkTo(digest: string, options: { fileName: string; expiresSeconds: number }): Promise<string> {
    return this.#bucket.signedUrl(blobName(digest), options);
  }

  /** Reads the object once more: damage in transit must not cost a take that was paid for. Always rejects. */
  async #handleMismatch(digest: string): Promise<void> {
    const object = await this.#bucket.get(blobName(digest));
    const hash = createHash('sha256');
    try {
      for await (const piece of object?.body ?? []) hash.update(piece as Buffer);
    } catch (error) {
      throw this.#bucket.toStoreError(error);
    }
    const found = hash.digest('hex');
    if (found === digest) {
      throw new PipelineError({
        code: 'store-unreachable',
        message: `A file from ${this.location} was damaged in transit. It is intact on the server. Run again.`,
        retry: 'backoff',
      });
    }
    await refuseDamaged(digest, found, () => this.#quarantine(digest));
  }

  /**
   * Moves a damaged blob away, so that it counts as missing and is made again; its content stays available for
   * inspection.
   */
  async #quarantine(digest: string): Promise<void> {
    const name = blobName(digest);
    await this.#bucket.copy(name, damagedName(name)).catch(() => undefined);
    await this.#bucket.delete(name);
  }
}

function isPastEnd(error: unknown): boolean {
  return error instanceof PipelineError && errorResponseOf(error.cause)?.status === 416;
}
