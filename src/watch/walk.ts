/** Walks the watched folder and collects its books, folders, approvals and the PAUSE file. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { isScannedFolder, kindOfName, type NameKind, sameName } from './file-names.ts';

/** The result of a walk. Paths are relative to the watched folder, with `/` between the parts. */
export interface Walk {
  /** Manifests and archives. */
  books: Map<string, 'manifest' | 'archive'>;
  /** Absolute paths of all folders that were scanned, the watched folder first. */
  folders: string[];
  paused: boolean;
  /** Paths of the files that mean nothing to the watcher. */
  others: Set<string>;
  /** Paths that are called like a book and are no file: links, pipes, devices. */
  irregular: Set<string>;
  /** Paths of the books that have a status file or a rejection. */
  booksWithStatus: Set<string>;
  /** Paths of the approval files. */
  approvals: Set<string>;
  /** A limit was reached, so that part of the folder was not scanned. */
  truncated: boolean;
}

/** Levels of nested folders; deeper ones are not scanned. */
const MAX_DEPTH = 8;
/** Limit for the entries of all folders together. */
const MAX_ENTRIES = 500_000;
/** Folders read at once. */
const CONCURRENT_READS = 8;

/**
 * Walks the folder. Links are never followed: a target inside is found at its own place, a target outside is no drop, and
 * there are no loops. Folders that vanish or cannot be read count as empty.
 *
 * Undefined when the watched folder itself is missing (deleted, or its share is unavailable).
 */
export async function walkInbox(root: string, { skip }: { skip: readonly string[] }): Promise<Walk | undefined> {
  try {
    if (!(await stat(root)).isDirectory()) return undefined;
  } catch {
    return undefined;
  }
  // Case-insensitive: on many disks `Done` is `done`.
  const skipped = new Set(skip.map((path) => sameName(path).toLowerCase()));
  const walk: Walk = {
    books: new Map(),
    folders: [],
    paused: false,
    others: new Set(),
    irregular: new Set(),
    approvals: new Set(),
    booksWithStatus: new Set(),
    truncated: false,
  };
  let entries = 0;
  let level = [''];
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    for (let start = 0; start < level.length; start += CONCURRENT_READS) {
      await Promise.all(
        level.slice(start, start + CONCURRENT_READS).map(async (folder) => {
          const names = await list(join(root, folder));
          walk.folders.push(join(root, folder));
          for (const entry of names) {
            entries += 1;
            const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
            if (entry.isDirectory()) {
              if (isScannedFolder(entry.name) && !skipped.has(sameName(join(root, path)).toLowerCase()))
                next.push(path);
            } else if (entry.isFile()) collect(walk, path, entry.name, folder === '');
            else if (isBook(kindOfName(entry.name, { atRoot: folder === '' }))) walk.irregular.add(path);
          }
        }),
      );
    }
    if (entries > MAX_ENTRIES || depth === MAX_DEPTH) {
      walk.truncated = next.length > 0;
      break;
    }
    level = next;
  }
  return walk;
}

/**
 * Whether the folder lists exactly this name: a disk that ignores case or normalizes accents opens files by other names too.
 * True when it cannot be found out.
 */
export async function isListed(root: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    let entries: import('node:fs').Dirent[];
    try {
      entries = await readdir(join(root, ...parts.slice(0, index)), { withFileTypes: true });
    } catch (error) {
      return systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR';
    }
    const isLast = index === parts.length - 1;
    if (!entries.some((entry) => entry.name === part && (isLast ? entry.isFile() : entry.isDirectory()))) return false;
  }
  return true;
}

function collect(walk: Walk, path: string, name: string, atRoot: boolean): void {
  const kind = kindOfName(name, { atRoot });
  if (isBook(kind)) walk.books.set(path, kind);
  else if (kind === 'approval') walk.approvals.add(path);
  else if (kind === 'ours') walk.booksWithStatus.add(path.replace(STATUS_FILE_ENDING, ''));
  else if (kind === 'pause') walk.paused = true;
  else if (kind === 'other') walk.others.add(path);
}

function isBook(kind: NameKind): kind is 'manifest' | 'archive' {
  return kind === 'manifest' || kind === 'archive';
}

const STATUS_FILE_ENDING = /\.(status|rejected)\.txt$/i;

async function list(folder: string): Promise<import('node:fs').Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (UNREADABLE.has(systemCode(error) ?? '')) return [];
    throw error;
  }
}

/** The folder is gone, cannot be read, or its share does not answer: the next walk tries again. */
const UNREADABLE = new Set([
  'ENOENT',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EIO',
  'ESTALE',
  'ETIMEDOUT',
  'EHOSTDOWN',
  'ENAMETOOLONG',
]);
