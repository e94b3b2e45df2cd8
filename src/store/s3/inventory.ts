/** The inventory of a store on S3, and the deletion of what it lists. */
import { randomUUID } from 'node:crypto';
import { OBJECT_FOLDERS } from '../layout.ts';
import type { StoredObject } from '../store.ts';
import type { Bucket } from './bucket.ts';

/** Objects in a batch. */
const PIECE = 1_000;

/** All objects below the folders of blobs and records. */
export async function* listBucket(bucket: Bucket): AsyncGenerator<StoredObject[]> {
  const nowMs = await serverTimeMs(bucket);
  for (const folder of OBJECT_FOLDERS) {
    let piece: StoredObject[] = [];
    for await (const { name, byteLength, modifiedMs, etag } of bucket.list(folder)) {
      piece.push({ name, byteLength, ageMs: nowMs - modifiedMs, version: versionOf(etag, modifiedMs) });
      if (piece.length < PIECE) continue;
      yield piece;
      piece = [];
    }
    if (piece.length > 0) yield piece;
  }
}

/** Deletes an object unless it was written again since the inventory. Not every server can do both in one request. */
export async function deleteUnchanged(bucket: Bucket, { name, version }: StoredObject): Promise<boolean> {
  const now = await bucket.versionOf(name);
  if (now !== undefined && versionOf(now.etag, now.modifiedMs) !== version) return false;
  await bucket.delete(name);
  return true;
}

/** How long an object is as it is; undefined when there is none. */
export async function objectAgeMs(bucket: Bucket, name: string): Promise<number | undefined> {
  const version = await bucket.versionOf(name);
  return version && Math.max(0, (await serverTimeMs(bucket)) - version.modifiedMs);
}

/** The time at the server, as it stamps objects: by an object that is written for it. */
async function serverTimeMs(bucket: Bucket): Promise<number> {
  const name = `tmp/clock-${randomUUID()}`;
  await bucket.put(name, '');
  const version = await bucket.versionOf(name);
  await bucket.delete(name);
  return version?.modifiedMs ?? 0;
}

/** Equal bytes have equal ETags, so the time tells that they were written again. A header tells it in whole seconds. */
function versionOf(etag: string, modifiedMs: number): string {
  return `${etag} ${Math.floor(modifiedMs / 1000)}`;
}
