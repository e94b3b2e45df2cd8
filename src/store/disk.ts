/**
 * The store on a local (or shared) disk.
 *
 *     format.json                      which layout this is; a newer one is refused
 *     blobs/ab/ab12…                   bytes by SHA-256
 *     records/<kind>/ab/<key>.json     small JSON
 *     tmp/                             what is being written; renamed into place when whole
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { systemCode } from '../errors.ts';
import { damaged, explain, guard } from './disk-failure.ts';
import { checkFormat, sweep } from './disk-format.ts';
import { makeFolder } from './make-folder.ts';
import { openRecord, sealRecord } from './record-seal.ts';
import type { BlobRef, BlobWriter, RecordKind, Store } from './store.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const KEY = /^[A-Za-z0-9._-]{1,200}$/;

/**
 * Opens the store in `folder`, making it when it is not there.
 *
 * Fails with `store-unwritable` (no permission, not a folder, a newer format) or `disk-full`.
 */
export async function openDiskStore(folder: string): Promise<Store> {
  const root = resolve(folder);
  return guard(root, async () => {
    await makeFolder(join(root, 'tmp'));
    const id = await checkFormat(root);
    await sweep(join(root, 'tmp'));
    return new DiskStore(root, id);
  });
}

class DiskStore implements Store {
  readonly location: string;
  readonly id: string;

  constructor(root: string, id: string) {
    this.location = root;
    this.id = id;
  }

  async readRecord(kind: RecordKind, key: string): Promise<unknown> {
    let text: string;
    try {
      text = await readFile(this.#recordPath(kind, key), 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw explain(this.location, error);
    }
    return openRecord(text);
  }

  async writeRecord(kind: RecordKind, key: string, value: object): Promise<void> {
    await guard(this.location, async () => {
      const path = this.#recordPath(kind, key);
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
      await moveInto(temporary, path);
    });
  }

  async deleteRecord(kind: RecordKind, key: string): Promise<void> {
    await guard(this.location, () => rm(this.#recordPath(kind, key), { force: true }));
  }

  async listRecords(kind: RecordKind): Promise<string[]> {
    const keys: string[] = [];
    for (const shard of await listFolder(join(this.location, 'records', kind))) {
      for (const name of await listFolder(join(this.location, 'records', kind, shard))) {
        if (name.endsWith('.json')) keys.push(name.slice(0, -'.json'.length));
      }
    }
    return keys;
  }

  async blobSize(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.#blobPath(digest))).size;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw explain(this.location, error);
    }
  }

  async *openBlob(digest: string): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    try {
      for await (const piece of createReadStream(this.#blobPath(digest))) {
        hash.update(piece as Buffer);
        yield piece as Buffer;
      }
    } catch (error) {
      if (systemCode(error) === 'ENOENT') throw damaged(digest, 'is missing');
      throw explain(this.location, error);
    }
    if (hash.digest('hex') !== digest) {
      await this.#setAside(digest);
      throw damaged(digest, 'does not hold what it held when it was written');
    }
  }

  async readBlob(digest: string): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.openBlob(digest)) pieces.push(piece);
    return Buffer.concat(pieces);
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
    const temporary = this.#temporaryPath();
    const file = await guard(this.location, () => open(temporary, 'wx'));
    return new DiskBlobWriter({ root: this.location, temporary, file, blobPath: (digest) => this.#blobPath(digest) });
  }

  async putFile(path: string): Promise<BlobRef> {
    const writer = await this.createBlob();
    try {
      for await (const piece of createReadStream(path)) await writer.write(piece as Buffer);
      return await writer.commit();
    } finally {
      await writer.discard();
    }
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

  async workFolder(): Promise<string> {
    const folder = this.#temporaryPath();
    await guard(this.location, () => mkdir(folder));
    return folder;
  }

  #recordPath(kind: RecordKind, key: string): string {
    if (!KEY.test(key)) throw new Error(`Internal error: "${key}" can not be a record key.`);
    return join(this.location, 'records', kind, key.slice(0, 2), `${key}.json`);
  }

  #blobPath(digest: string): string {
    if (!DIGEST.test(digest)) throw damaged(digest.slice(0, 80), 'has a name that is no SHA-256');
    return join(this.location, 'blobs', digest.slice(0, 2), digest);
  }

  #temporaryPath(): string {
    return join(this.location, 'tmp', `${process.pid}-${randomUUID()}`);
  }

  /** A damaged blob moves out of the way, so that it counts as missing and is made again; it is kept for whoever wonders. */
  async #setAside(digest: string): Promise<void> {
    const path = this.#blobPath(digest);
    await rename(path, `${path}.damaged`).catch(() => undefined);
  }
}

class DiskBlobWriter implements BlobWriter {
  readonly #root: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #blobPath: (digest: string) => string;
  readonly #hash = createHash('sha256');
  #byteLength = 0;
  #ended = false;

  constructor(parts: { root: string; temporary: string; file: FileHandle; blobPath: (digest: string) => string }) {
    this.#root = parts.root;
    this.#temporary = parts.temporary;
    this.#file = parts.file;
    this.#blobPath = parts.blobPath;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#byteLength += piece.byteLength;
    await guard(this.#root, async () => {
      await writeAll(this.#file, piece);
    });
  }

  async commit(): Promise<BlobRef> {
    return guard(this.#root, async () => {
      await this.#file.sync();
      this.#ended = true;
      await this.#file.close();
      const digest = this.#hash.digest('hex');
      await moveInto(this.#temporary, this.#blobPath(digest));
      return { digest, byteLength: this.#byteLength };
    });
  }

  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#file.close();
    await rm(this.#temporary, { force: true });
  }
}

/** A nearly full disk writes less than it was given, without an error; writing the rest then says why. */
async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.byteLength; ) {
    const { bytesWritten } = await file.write(piece, offset);
    offset += bytesWritten;
  }
}

/** Renames into a folder that may not exist yet. The usual case, an existing folder, costs one call. */
async function moveInto(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    await mkdir(join(to, '..'), { recursive: true });
    await rename(from, to);
  }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
