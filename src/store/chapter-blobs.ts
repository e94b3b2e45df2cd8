/**
 * The small blobs of a chapter's takes, their measures and words, once more in one record: on S3, each of thousands would be an answer to
 * wait for. The record has the key of the chapter's master, so it goes where that goes. Nothing but the time of a reader depends on it.
 */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Store } from './store.ts';

/** Blobs by their digests. */
export type BlobsByDigest = ReadonlyMap<string, Uint8Array>;

/** Fewer are read as quickly one by one. */
export const LEAST_KEPT_BLOBS = 64;
/** Far more than a chapter of ten hours has. */
const MOST_BYTES = 1 << 26;
/** The measures are numbers that vary: more effort makes them hardly smaller. */
const LEVEL = 1;

/**
 * Keeps a chapter's blobs together, where reading many costs time and there are many; otherwise does nothing. Errors: those of
 * `writeRecord`.
 */
export async function putChapterBlobs(store: Store, masterKey: string, blobs: BlobsByDigest): Promise<void> {
  const bytes = Buffer.concat([...blobs.values()]);
  if (!store.isFar || blobs.size < LEAST_KEPT_BLOBS || bytes.length > MOST_BYTES) return;
  const packed = await promisify(deflateRaw)(bytes, { level: LEVEL });
  await store.writeRecord('chapter-blobs', masterKey, {
    // Not as digests are written elsewhere: such a name in a record keeps a blob from being pruned.
    blobs: [...blobs].map(([digest, { length }]) => [Buffer.from(digest, 'hex').toString('base64url'), length]),
    packed: packed.toString('base64'),
  });
}

/** The blobs that are kept together for a master; none where there is no such record. Each is what its digest says. */
export async function readChapterBlobs(store: Store, masterKey: string): Promise<BlobsByDigest> {
  const record = store.isFar ? await store.readRecord('chapter-blobs', masterKey) : undefined;
  const found = new Map<string, Uint8Array>();
  if (typeof record !== 'object' || record === null) return found;
  const { blobs, packed } = record as { blobs?: unknown; packed?: unknown };
  if (!Array.isArray(blobs) || !blobs.every(isEntry) || typeof packed !== 'string') return found;
  const bytes = await promisify(inflateRaw)(Buffer.from(packed, 'base64'), { maxOutputLength: MOST_BYTES }).catch(
    () => undefined,
  );
  let from = 0;
  for (const [name, length] of bytes === undefined ? [] : blobs) {
    const blob = bytes!.subarray(from, from + length);
    const digest = Buffer.from(name, 'base64url').toString('hex');
    if (hash('sha256', blob, 'hex') === digest) found.set(digest, blob);
    from += length;
  }
  return found;
}

/** A store that has these blobs at hand, and remembers the others that are read as a whole. */
export function withBlobs(store: Store, blobs: BlobsByDigest): { store: Store; read: Map<string, Uint8Array> } {
  const read = new Map<string, Uint8Array>();
  const readBlob: Store['readBlob'] = async (digest, room) => {
    const kept = blobs.get(digest);
    if (kept !== undefined) return Buffer.from(kept.buffer, kept.byteOffset, kept.length);
    const bytes = await store.readBlob(digest, room);
    // Memory of the caller may be overwritten.
    if (room === undefined) read.set(digest, bytes);
    return bytes;
  };
  const get = (target: Store, name: string | symbol): unknown => {
    const value = name === 'readBlob' ? readBlob : Reflect.get(target, name, target);
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return { store: new Proxy(store, { get }), read };
}

function isEntry(value: unknown): value is [name: string, length: number] {
  return Array.isArray(value) && typeof value[0] === 'string' && Number.isInteger(value[1]) && value[1] >= 0;
}
