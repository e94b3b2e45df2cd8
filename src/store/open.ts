/** Opens the store that the configuration names. */
import { join } from 'node:path';
import { openDiskStore } from './disk.ts';
import type { S3Place } from './s3/place.ts';
import type { Store } from './store.ts';
import { type StoreOperation, timedStore } from './timed-store.ts';

/** Location of the store. */
export interface StorePlace {
  /** The folder of a store on disk; with S3, the folder for local data. */
  storeDir: string;
  s3: S3Place | undefined;
  /** For intermediate files; undefined puts them into `storeDir`. */
  workDir: string | undefined;
}

/** Who is told about a store. */
export interface StoreListeners {
  /** Receives the duration of each operation. */
  observe?: ((operation: StoreOperation) => void) | undefined;
  /** Messages for the operator, such as that the server refuses many requests. */
  notice?: ((message: string) => void) | undefined;
  /** The process stops: once it aborts, nothing waits longer than 10 s for an S3 that says nothing. */
  stop?: AbortSignal | undefined;
}

/** Opens the store, creating it if needed. Fails with `store-unwritable`, `store-unreachable` or `disk-full`. */
export async function openStore(place: StorePlace, { observe, ...of }: StoreListeners = {}): Promise<Store> {
  const store = await open(place, of);
  return observe === undefined ? store : timedStore(store, observe);
}

async function open({ storeDir, s3, workDir }: StorePlace, of: Omit<StoreListeners, 'observe'>): Promise<Store> {
  if (s3 === undefined) return openDiskStore(storeDir, { workFolder: workDir });
  // The SDK takes a tenth of a second to load; only a store on S3 pays for it.
  const { openS3Store } = await import('./s3/store.ts');
  return openS3Store(s3, { workFolder: workDir ?? join(storeDir, 'work'), ...of });
}
