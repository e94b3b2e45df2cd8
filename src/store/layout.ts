/**
 * Names of what a store holds, the same on a disk and on S3, so that a store can be copied from one to the other:
 *
 *     format.json                      which layout this is; a newer one is refused
 *     blobs/ab/ab12…                   bytes by SHA-256
 *     blobs/ab/ab12….damaged           one that was not what its name says, set aside
 *     records/<kind>/ab/<key>.json     small JSON
 *     lock                             who works on it, where there is no shared queue
 */
import { damagedError } from './damaged.ts';
import type { RecordKind } from './store.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const KEY = /^[A-Za-z0-9._-]{1,200}$/;

/** The mark of a store's layout. */
export const MARK_NAME = 'format.json';
/** Who works on the store. */
export const LOCK_NAME = 'lock';

/** Where a blob lies, with `/` between folders. Throws `store-damaged` for a digest that is none. */
export function blobName(digest: string): string {
  if (!DIGEST.test(digest)) throw damagedError(digest.slice(0, 80), 'has a name that is no SHA-256');
  return `blobs/${digest.slice(0, 2)}/${digest}`;
}

/** The name of what was set aside. */
export function damagedName(name: string): string {
  return `${name}.damaged`;
}

/** Where a record lies, with `/` between folders. */
export function recordName(kind: RecordKind, key: string): string {
  if (!KEY.test(key)) throw new Error(`Internal error: "${key}" can not be a record key.`);
  return `${recordFolder(kind)}${key.slice(0, 2)}/${key}.json`;
}

/** What the names of all records of a kind begin with. */
export function recordFolder(kind: RecordKind): string {
  return `records/${kind}/`;
}

/** The key in a record's name, without or with its folders; undefined for the name of something else. */
export function keyOfRecord(name: string): string | undefined {
  return /([^/]+)\.json$/.exec(name)?.[1];
}
