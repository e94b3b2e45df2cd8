/** Which objects of a watched S3 prefix are copied to a local file. Object names are untrusted input. */
import { isScannedFolder, kindOfName, OWN_FOLDER } from '../watch/file-names.ts';

/** Longest part of a name on common disks, in bytes, less the suffix that it has while it is written. */
const MAX_PART_BYTES = 200;
/** Longest name in bytes; S3 allows no more. */
const MAX_NAME_BYTES = 1_024;
/** Number of parts of a path that a watcher scans. */
const MAX_PARTS = 9;

/** How the sync handles an object. */
export type LocalFile =
  | 'file'
  /** A status file or rejection of a watcher: only its existence matters. */
  | 'status'
  /** Finished books, the watcher's own records and temporary files of other programs are not copied. */
  | 'skipped'
  /** The name is not valid for a file. */
  | 'invalid';

/** How to handle an object of this name. `done`: the prefix of finished books; undefined when they are delivered elsewhere. */
export function localFileOf(name: string, done: string | undefined): LocalFile {
  if (done !== undefined && name.startsWith(done)) return 'skipped';
  // Empty objects that programs create to show folders.
  if (name === '' || name.endsWith('/')) return 'skipped';
  const parts = name.split('/');
  if (parts[0] === OWN_FOLDER) return 'skipped';
  const last = parts.at(-1) ?? '';
  if (!parts.slice(0, -1).every(isScannedFolder)) return 'skipped';
  const kind = kindOfName(last, { atRoot: parts.length === 1 });
  if (kind === 'temporary') return 'skipped';
  if (!parts.every(isValidFileName) || parts.length > MAX_PARTS || Buffer.byteLength(name) > MAX_NAME_BYTES)
    return 'invalid';
  return kind === 'ours' ? 'status' : 'file';
}

/** Whether the part stays inside the folder and is a valid name on disk. */
function isValidFileName(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false;
  return !/[\\\p{Cc}]/u.test(part) && Buffer.byteLength(part) <= MAX_PART_BYTES;
}
