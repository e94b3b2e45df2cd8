/** Storage of the files that the watcher writes for people: statuses, rejections and the outage notice. */
import { readFile } from 'node:fs/promises';
import { removeFile, writeAtomically } from './own-files.ts';

/** Reads and writes them. Paths are absolute, in the watched folder. */
export interface StatusStorage {
  /** The text; undefined when there is no file. Never rejects. */
  read(path: string): Promise<string | undefined>;
  /** Writes atomically. Rejects when the place cannot be written. */
  write(path: string, text: string): Promise<void>;
  /** Removes the file if it exists. Never rejects. */
  remove(path: string): Promise<void>;
}

/** Storage on disk. `temporaryFolder`: a folder on the same disk, in which files are written before they are renamed. */
export function diskStatusStorage(temporaryFolder: string): StatusStorage {
  return {
    read: (path) => readFile(path, 'utf8').catch(() => undefined),
    write: (path, text) => writeAtomically(path, text, { temporaryFolder, flush: false }),
    remove: removeFile,
  };
}
