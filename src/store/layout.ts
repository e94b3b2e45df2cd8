/**
 * Names of the files in a store. They are the same on a disk and on S3, so that a store can be copied from one to the
 * other:
 *
 *     format.json                      the version of this layout; a newer one is refused
 *     blobs/ab/ab12…                   bytes by SHA-256
 *     blobs/ab/ab12….damaged           a quarantined blob whose content does not match its name
 *     records/<kind>/ab/<key>.json     small JSON
 *     journals/<journal>/<name>.jsonl  lines that only grow (src/store/journals.ts)
 *     lock                             who works on the store, where there is no shared queue
 *
 * Pure.
 */
import { damagedError } from './damaged.ts';
import type { RecordKind } from './store.ts';

const DIGEST = /^[0-9a-f]{64}$/;
const KEY = /^[A-Za-z0-9._-]{1,200}$/;

/** The mark of a store's layout. */
export const MARK_NAME = 'format.json';
/** The process that works on the store. */
export const LOCK_NAME = 'lock';

/** The path of a blob, with `/` between folders. Throws `store-damaged` for a string that is not a digest. */
export function blobName(digest: string): string {
  if (!DIGEST.test(digest)) throw damagedError(digest.slice(0, 80), 'has a name that is not a SHA-256');
  return `blobs/${digest.slice(0, 2)}/${digest}`;
}

/** The name of a quarantined file. */
export function damagedName(name: string): string {
  return `${name}.damaged`;
}

/** The path of a record, with `/` between folders. */
export function recordName(kind: RecordKind, key: string): string {
  if (!KEY.test(key)) throw new Error(`Internal error: "${key}" cannot be a record key.`);
  return `${recordFolder(kind)}${shardOf(key)}/${key}.json`;
}

/** The folder of a record, by the beginning of its key. */
export function shardOf(key: string): string {
  return key.slice(0, 2);
}

/** Prefix of the names of all records of a kind. */
export function recordFolder(kind: RecordKind): string {
  return `records/${kind}/`;
}

/** Folders of all records, and of all blobs. */
export const OBJECT_FOLDERS = ['records/', 'blobs/'] as const;

/** What a name of the store means; undefined for another program's file. `kind` may be one that a newer version writes. */
export type NamedObject =
  | { what: 'record'; kind: string; key: string }
  | { what: 'blob'; digest: string }
  | { what: 'damaged'; digest: string };

/** Reads the name of an object. */
export function parseName(name: string): NamedObject | undefined {
  const record = /^records\/([a-z-]+)\/[^/]+\/([A-Za-z0-9._-]+)\.json$/.exec(name);
  if (record !== null) return { what: 'record', kind: record[1]!, key: record[2]! };
  const blob = /^blobs\/[0-9a-f]{2}\/([0-9a-f]{64})(\.damaged)?$/.exec(name);
  if (blob === null) return undefined;
  return { what: blob[2] === undefined ? 'blob' : 'damaged', digest: blob[1]! };
}

/** The key in a record's name, with or without its folders; undefined for the name of something else. */
export function keyOfRecord(name: string): string | undefined {
  return /([^/]+)\.json$/.exec(name)?.[1];
}

/** The folder of all journals. */
export const JOURNALS = 'journals';

const JOURNAL = /^[A-Za-z0-9._-]{1,80}(\/[A-Za-z0-9._-]{1,80}){0,3}$/;

/** The path of a journal's file, with `/` between folders. */
export function journalFile(journal: string, name: string): string {
  if (!JOURNAL.test(journal)) throw new Error(`Internal error: "${journal}" cannot be a journal.`);
  return `${JOURNALS}/${journal}/${name}.jsonl`;
}

/** The journal and the name of a file; undefined for a file that is not a journal's. */
export function journalOfFile(path: string): { journal: string; name: string } | undefined {
  const [, journal, name] = /^journals\/(.+)\/([^/]+)\.jsonl$/.exec(path) ?? [];
  return journal === undefined || name === undefined ? undefined : { journal, name };
}
