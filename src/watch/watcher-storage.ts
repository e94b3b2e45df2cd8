/**
 * Storage of a watcher: claims, records and status files. On disk all of it is in the watched folder (here). For a folder that
 * is a local copy of an S3 prefix it is on S3, see src/s3-inbox/.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { refuseLinks } from '../store/no-links.ts';
import { type ClaimKeeper, Claims, type ClaimTimings } from './claim.ts';
import { diskFingerprint } from './file-fingerprint.ts';
import { OWN_FOLDER, WATCHER_IDS } from './file-names.ts';
import { listNames, readSealed, removeFile, writeSealed } from './own-files.ts';
import { diskStatusStorage, type StatusStorage } from './status-storage.ts';

/** Small JSON values by name, such as `books/ab12.json`; shared by all watchers of the folder. */
export interface WatcherRecords {
  /** Undefined when there is none or it is damaged. Rejects only when the storage does not answer. */
  read(name: string): Promise<unknown>;
  /** Writes atomically. `flush`: the record must survive a power cut. */
  write(name: string, value: object, of?: { flush?: boolean }): Promise<void>;
  remove(name: string): Promise<void>;
  /** Names in a folder of records, without the folder; none when it does not exist. */
  list(folder: string): Promise<string[]>;
}

/** The whole storage. Paths are absolute, as if everything were in the watched folder. */
export interface WatcherStorage {
  claims: ClaimKeeper;
  records: WatcherRecords;
  statusStorage: StatusStorage;
  /** Fingerprint of a dropped file: equal as long as the file does not change. Undefined when it is missing. */
  fingerprintOf(path: string): Promise<string | undefined>;
  /** Creates what must exist before anything is stored; safe to repeat. */
  prepare(): Promise<void>;
}

/** Storage in the watched folder itself. */
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

/** Records as files in the watcher's own folder. */
export function diskWatcherRecords(ownFolder: string): WatcherRecords {
  return {
    read: (name) => readSealed(join(ownFolder, name)),
    write: (name, value, of) => writeSealed(join(ownFolder, name), value, of),
    remove: (name) => removeFile(join(ownFolder, name)),
    list: (folder) => listNames(join(ownFolder, folder)),
  };
}

/** Creates the watcher's own folders, but never the watched folder itself, which somebody may have removed. */
export async function makeOwnFolders(ownFolder: string): Promise<void> {
  for (const name of ['', 'tmp', 'books', 'claims', 'spent', WATCHER_IDS]) {
    await mkdir(join(ownFolder, name)).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    await refuseLinks(dirname(ownFolder), join(ownFolder, name));
  }
}
