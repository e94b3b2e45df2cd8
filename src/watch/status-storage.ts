/** The small files that we write beside the team's: statuses, rejections, the notice of an outage. */
import { readFile } from 'node:fs/promises';
import { removeFile, writeAtomically } from './own-files.ts';

/** Where they are written. Paths are absolute, in the watched folder. */
export interface StatusStorage {
  /** The text; undefined when there is none. Never rejects. */
  read(path: string): Promise<string | undefined>;
  /** Whole or not at all. Rejects when the place can not be written. */
  write(path: string, text: string): Promise<void>;
  /** Removes one of ours, if it is there and we may. Never rejects. */
  remove(path: string): Promise<void>;
}

/** As files. `via`: our own folder on the same disk, in which they are written before they are renamed to their places. */
export function diskStatusStorage(via: string): StatusStorage {
  return {
    read: (path) => readFile(path, 'utf8').catch(() => undefined),
    write: (path, text) => writeAtomically(path, text, { via, flush: false }),
    remove: removeFile,
  };
}
