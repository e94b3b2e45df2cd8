/** Which objects of a watched place have a file in the mirror, and under which path. Names of objects are untrusted input. */
import { isScannedFolder, kindOfName, OWN_FOLDER } from '../watch/file-names.ts';

/** Most bytes of one part of a name on usual disks, less what is put behind it while it is written. */
const MAX_PART_BYTES = 200;
/** Most of a whole name; S3 itself allows no more. */
const MAX_NAME_BYTES = 1_024;
/** Folders within folders, as far as a watcher looks. */
const MAX_PARTS = 9;

/** What becomes of an object. */
export type LocalFile =
  | 'file'
  /** A status or rejection of ours: that it is there is all that matters. */
  | 'sign'
  /** Finished books, our own notes, what other programs are writing: nothing. */
  | 'nothing'
  /** It can not be a file here, whatever it is. */
  | 'impossible';

/** What an object of this name is to the mirror. `done`: names that finished books begin with; undefined: they go elsewhere. */
export function localFileOf(name: string, done: string | undefined): LocalFile {
  if (done !== undefined && name.startsWith(done)) return 'nothing';
  // The empty objects with which programs show folders.
  if (name === '' || name.endsWith('/')) return 'nothing';
  const parts = name.split('/');
  if (parts[0] === OWN_FOLDER) return 'nothing';
  const last = parts.at(-1) ?? '';
  if (!parts.slice(0, -1).every(isScannedFolder)) return 'nothing';
  const kind = kindOfName(last, { atRoot: parts.length === 1 });
  if (kind === 'temporary') return 'nothing';
  if (!parts.every(isValidFileName) || parts.length > MAX_PARTS || Buffer.byteLength(name) > MAX_NAME_BYTES)
    return 'impossible';
  return kind === 'ours' ? 'sign' : 'file';
}

/** Not a way out of the folder, and a name that a disk takes. */
function isValidFileName(part: string): boolean {
  if (part === '' || part === '.' || part === '..') return false;
  return !/[\\\p{Cc}]/u.test(part) && Buffer.byteLength(part) <= MAX_PART_BYTES;
}
