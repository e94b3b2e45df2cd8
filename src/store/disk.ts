/** The store on a local (or shared) disk. Every file is written in tmp/ and renamed when it is complete. */
import { createHash, type Hash } from 'node:crypto';
import { open, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { publishFile, publishNewFile, quarantine } from './atomic-file.ts';
import { openBlobWriter, writeAll } from './blob-writer.ts';
import { damagedError, refuseDamaged } from './damaged.ts';
import { guard, toStoreError } from './disk-failure.ts';
import { checkFormat, hasMark } from './disk-format.ts';
import { deleteUnchanged, fileAgeMs, listDisk } from './disk-inventory.ts';
import { openDiskJournals } from './disk-journals.ts';
import { isNoFile, readSizes, readTexts } from './disk-many.ts';
import type { Journals } from './journals.ts';
import { blobName, keyOfRecord, recordFolder, recordName, shardOf } from './layout.ts';
import { lockStore } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { proveFolders } from './prove-folders.ts';
import { readFully } from './read-fully.ts';
import { readPieces } from './read-pieces.ts';
import { sealRecord, unsealRecord } from './record-seal.ts';
import type { BlobRef, BlobWriter, LockRequest, RecordKind, Store, StoredObject, StoreLock } from './store.ts';
import { newWorkFolder, openWorkFolder, removeLeftovers } from './work-folder.ts';

/**
 * Opens the store in `folder`, creating it if needed. Intermediate files go to `workFolder`, which matters for a store
 * on a shared disk; by default they go to the store's own tmp/.
 *
 * Fails with `store-unwritable` (no permission, not a folder, a newer format) or `disk-full`.
 */
export async function openDiskStore(
  folder: string,
  { workFolder }: { workFolder?: string | undefined } = {},
): Promise<Store> {
  const root = resolve(folder);
  const work = workFolder ?? join(root, 'tmp');
  return guard(root, async () => {
    await makeFolder(join(root, 'tmp'));
    const id = await checkFormat(root);
    await removeLeftovers(join(root, 'tmp'));
    if (workFolder !== undefined) await openWorkFolder(workFolder);
    return new DiskStore({ root, id, work });
  });
}

class DiskStore implements Store {
  readonly location: string;
  readonly id: string;
  readonly supportsConditionalWrites = true;
  readonly journals: Journals;
  readonly #work: string;

  constructor({ root, id, work }: { root: string; id: string; work: string }) {
    this.location = root;
    this.id = id;
    this.#work = work;
    this.journals = openDiskJournals(root);
  }

  async readRecord(kind: RecordKind, key: string): Promise<unknown> {
    let text: string;
    try {
      text = await readFile(this.#recordPath(kind, key), 'utf8');
    } catch (error) {
      if (isNoFile(error)) return undefined;
      throw toStoreError(this.location, error);
    }
    return unsealRecord(text);
  }

  async *readRecords(kind: RecordKind, keys: Iterable<string>): AsyncGenerator<[string, unknown][]> {
    try {
      for await (const piece of readTexts(keys, (key) => `${this.location}/${recordName(kind, key)}`)) {
        const complete = piece.flatMap(([key, text]): [string, unknown][] => {
          const value = unsealRecord(text);
          return value === undefined ? [] : [[key, value]];
        });
        if (complete.length > 0) yield complete;
      }
    } catch (error) {
      throw toStoreError(this.location, error);
    }
  }

  async writeRecord(kind: RecordKind, key: string, value: object): Promise<void> {
    await guard(this.location, async () => {
      await publishFile(await this.#writeTemporary(value), this.#recordPath(kind, key));
    });
  }

  async addRecord(kind: RecordKind, key: string, value: object): Promise<boolean> {
    return guard(this.location, async () => {
      const path = this.#recordPath(kind, key);
      const temporary = await this.#writeTemporary(value);
      try {
        return await publishNewFile(temporary, path);
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async deleteRecord(kind: RecordKind, key: string): Promise<void> {
    await guard(this.location, () => rm(this.#recordPath(kind, key), { force: true, recursive: true }));
  }

  async listRecords(kind: RecordKind, { startsWith = '' }: { startsWith?: string } = {}): Promise<string[]> {
    const keys: string[] = [];
    const folder = join(this.location, recordFolder(kind));
    for (const shard of startsWith === '' ? await listFolder(folder) : [shardOf(startsWith)]) {
      for (const name of await listFolder(join(folder, shard))) {
        const key = keyOfRecord(name);
        if (key?.startsWith(startsWith)) keys.push(key);
      }
    }
    return keys;
  }

  async blobSize(digest: string): Promise<number | undefined> {
    try {
      const found = await stat(this.#blobPath(digest));
      return found.isFile() ? found.size : undefined;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw toStoreError(this.location, error);
    }
  }

  async blobSizes(digests: Iterable<string>): Promise<ReadonlyMap<string, number>> {
    return guard(this.location, async () => {
      const sizes = new Map<string, number>();
      for await (const piece of readSizes(new Set(digests), (digest) => `${this.location}/${blobName(digest)}`)) {
        for (const [digest, size] of piece) sizes.set(digest, size);
      }
      return sizes;
    });
  }

  async *openBlob(digest: string, of: { reuse?: boolean } = {}): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    try {
      for await (const piece of readPieces(this.#blobPath(digest), of)) {
        hash.update(piece);
        yield piece;
      }
    } catch (error) {
      if (isNoFile(error)) throw damagedError(digest, 'is missing');
      throw toStoreError(this.location, error);
    }
    await this.#verify(digest, hash);
  }

  async readBlob(digest: string, buffer?: Uint8Array): Promise<Buffer> {
    const bytes = await readFully(this.#blobPath(digest), buffer).catch((error: unknown) => {
      throw isNoFile(error) ? damagedError(digest, 'is missing') : toStoreError(this.location, error);
    });
    await this.#verify(digest, createHash('sha256').update(bytes));
    return bytes;
  }

  async putBlob(bytes: Uint8Array): Promise<BlobRef> {
    const writer = await this.createBlob();
    try {
      await writer.write(bytes);
      return await writer.commit();
    } finally {
      await writer.discard();
    }
  }

  async createBlob(): Promise<BlobWriter> {
    await guard(this.location, () => ensureFreeSpace(this.location));
    return openBlobWriter({
      root: this.location,
      temporary: this.#temporaryPath(),
      flush: true,
      publish: (file, { digest }) => guard(this.location, () => publishFile(file, this.#blobPath(digest))),
    });
  }

  async putFile(path: string): Promise<BlobRef> {
    const writer = await this.createBlob();
    try {
      for await (const piece of readPieces(path, { reuse: true })) await writer.write(piece);
      return await writer.commit();
    } finally {
      await writer.discard();
    }
  }

  async copyOut(digest: string, path: string): Promise<void> {
    const file = await open(path, 'wx');
    try {
      for await (const piece of this.openBlob(digest, { reuse: true })) await writeAll(file, piece);
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
  }

  async linkTo(): Promise<undefined> {
    return undefined;
  }

  recordAgeMs(kind: RecordKind, key: string): Promise<number | undefined> {
    return guard(this.location, () => fileAgeMs(this.#recordPath(kind, key), this.#temporaryPath()));
  }

  inventory(): AsyncIterable<StoredObject[]> {
    return listDisk(this.location, this.#temporaryPath());
  }

  deleteObject(object: StoredObject): Promise<boolean> {
    return guard(this.location, () => deleteUnchanged(this.location, object, this.#temporaryPath()));
  }

  async workFolder(): Promise<string> {
    return newWorkFolder(this.#work);
  }

  proveWritable(): Promise<void> {
    return proveFolders(this.location, { workFolder: this.#work });
  }

  isThere(): Promise<boolean> {
    return guard(this.location, () => hasMark(this.location, this.id));
  }

  lock(request: LockRequest): Promise<StoreLock> {
    return lockStore({ folder: this.location, ...request });
  }

  /** Writes a record to a temporary file and flushes it to the disk. */
  async #writeTemporary(value: object): Promise<string> {
    const temporary = this.#temporaryPath();
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(sealRecord(value));
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(temporary, { force: true });
      throw error;
    }
    await file.close();
    return temporary;
  }

  #recordPath(kind: RecordKind, key: string): string {
    return join(this.location, recordName(kind, key));
  }

  async #verify(digest: string, hash: Hash): Promise<void> {
    await refuseDamaged(digest, hash.digest('hex'), () => quarantine(this.#blobPath(digest)));
  }

  #blobPath(digest: string): string {
    return join(this.location, blobName(digest));
  }

  #temporaryPath(): string {
    return join(this.location, 'tmp', temporaryName());
  }
}

/** The longest takes and their records are smaller. */
const LEAST_FREE_BYTES = 8 * 2 ** 20;

/** On a full disk nothing starts that costs money and then cannot be stored. Fails like a write. */
async function ensureFreeSpace(root: string): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(root);
  // Some network disks do not report their size.
  if (blocks === 0 || bavail * bsize >= LEAST_FREE_BYTES) return;
  throw Object.assign(new Error('not enough free space for another file'), { code: 'ENOSPC' });
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
