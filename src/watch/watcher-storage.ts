/**
 * Where a watcher keeps what is beyond its memory: claims, notes, and the small files for people. On a disk all of it lies in
 * the watched folder (here). A folder that is only a mirror of a place on S3 keeps it there instead, see src/mirror/.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { type ClaimKeeper, Claims, type ClaimTimings } from './claim.ts';
import { diskFingerprint } from './file-fingerprint.ts';
import { OWN_FOLDER, WATCHER_IDS } from './file-names.ts';
import { listNames, readSealed, removeFile, writeSealed } from './own-files.ts';
import { diskStatusStorage, type StatusStorage } from './status-storage.ts';

/** Small values by name, such as `books/ab12.json`; shared by all watchers of the folder. */
export interface WatcherRecords {
  /** Undefined when there is none, or it is damaged. Rejects only when nobody can say. */
  read(name: string): Promise<unknown>;
  /** Whole or not at all. `flush`: it must outlive a power cut. */
  write(name: string, value: object, of?: { flush?: boolean }): Promise<void>;
  remove(name: string): Promise<void>;
  /** Names in a folder of notes, without the folder; none when it is not there. */
  list(folder: string): Promise<string[]>;
}

/** All that is kept. Paths are absolute, as if all of it were in the watched folder. */
export interface WatcherStorage {
  claims: ClaimKeeper;
  records: WatcherRecords;
  statusStorage: StatusStorage;
  /** How a dropped file looks from outside: equal for two looks when it has not changed. Undefined when it is not there. */
  fingerprintOf(path: string): Promise<string | undefined>;
  /** Makes what must be there before anything is kept; safe to repeat. */
  prepare(): Promise<void>;
}

/** Keeps everything in the watched folder itself. */
export function diskWatcherStorage(folder: string, timings: ClaimTimings): WatcherStorage {
  const ownFolder = join(folder, OWN_FOLDER);
  return {
    claims: new Claims(timings),
    records: diskWatcherRecords(ownFolder),
    statusStorage: diskStatusStorage(join(ownFolder, 'tmp')),
    fingerprintOf: diskFingerprint,
    prepare: () => makeOwnFolders(ownFolder),
  };
}

/** Notes as files in our own folder. */
export function diskWatcherRecords(ownFolder: string): WatcherRecords {
  return {
    read: (name) => readSealed(join(ownFolder, name)),
    write: (name, value, of) => writeSealed(join(ownFolder, name), value, of),
    remove: (name) => removeFile(join(ownFolder, name)),
    list: (folder) => listNames(join(ownFolder, folder)),
  };
}

/** Makes our own folders, where they are missing; never the watched folder itself, which somebody may have removed. */
export async function makeOwnFolders(ownFolder: string): Promise<void> {
  for (const name of ['', 'tmp', 'books', 'claims', 'spent', WATCHER_IDS]) {
    await mkdir(join(ownFolder, name)).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
  }
}
