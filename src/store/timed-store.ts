/** Durations of store operations, for metrics and `pipeline doctor`. */
import { PipelineError } from '../errors.ts';
import type { BlobWriter, Store } from './store.ts';

/** One operation that ended. */
export interface StoreOperation {
  name: (typeof TIMED)[number] | 'openBlob' | 'readRecords' | 'commit';
  /**
   * From the call to its end; for `openBlob` and `readRecords`, to the last piece, including the time of the reader.
   */
  seconds: number;
  /** Undefined on success; the code of a failure, or `internal` for a bug of the program. */
  failure: string | undefined;
}

/** Operations with one request and one response. The wait for the lock says nothing about the store. */
const TIMED = [
  'readRecord',
  'writeRecord',
  'addRecord',
  'deleteRecord',
  'listRecords',
  'blobSize',
  'blobSizes',
  'readBlob',
  'putBlob',
  'putFile',
  'copyOut',
  'deleteObject',
] as const satisfies (keyof Store)[];

/** The same store; `observe` is called at the end of every operation. It must not throw. */
export function timedStore(store: Store, observe: (operation: StoreOperation) => void): Store {
  const time = async <T>(name: StoreOperation['name'], work: () => Promise<T>): Promise<T> => {
    const from = performance.now();
    let failure: string | undefined = 'internal';
    try {
      const answer = await work();
      failure = undefined;
      return answer;
    } catch (error) {
      if (error instanceof PipelineError) failure = error.code;
      throw error;
    } finally {
      observe({ name, seconds: (performance.now() - from) / 1000, failure });
    }
  };
  async function* timeAll<T>(name: StoreOperation['name'], pieces: AsyncIterable<T>): AsyncGenerator<T> {
    const from = performance.now();
    let failure: string | undefined = 'internal';
    try {
      yield* pieces;
      failure = undefined;
    } catch (error) {
      if (error instanceof PipelineError) failure = error.code;
      throw error;
    } finally {
      observe({ name, seconds: (performance.now() - from) / 1000, failure });
    }
  }
  const createBlob = async (): Promise<BlobWriter> => {
    const writer = await store.createBlob();
    return {
      write: (piece) => writer.write(piece),
      commit: () => time('commit', () => writer.commit()),
      discard: () => writer.discard(),
    };
  };
  return {
    location: store.location,
    id: store.id,
    supportsConditionalWrites: store.supportsConditionalWrites,
    journals: store.journals,
    ...(store.isFar && { isFar: store.isFar }),
    readRecord: (kind, key) => time('readRecord', () => store.readRecord(kind, key)),
    readRecords: (kind, keys) => timeAll('readRecords', store.readRecords(kind, keys)),
    writeRecord: (kind, key, value) => time('writeRecord', () => store.writeRecord(kind, key, value)),
    addRecord: (kind, key, value) => time('addRecord', () => store.addRecord(kind, key, value)),
    deleteRecord: (kind, key) => time('deleteRecord', () => store.deleteRecord(kind, key)),
    listRecords: (kind, of) => time('listRecords', () => store.listRecords(kind, of)),
    recordAgeMs: (kind, key) => store.recordAgeMs(kind, key),
    blobSize: (digest) => time('blobSize', () => store.blobSize(digest)),
    blobSizes: (digests) => time('blobSizes', () => store.blobSizes(digests)),
    openBlob: (digest, of) => timeAll('openBlob', store.openBlob(digest, of)),
    readBlob: (digest, buffer) => time('readBlob', () => store.readBlob(digest, buffer)),
    putBlob: (bytes) => time('putBlob', () => store.putBlob(bytes)),
    createBlob,
    putFile: (path) => time('putFile', () => store.putFile(path)),
    copyOut: (digest, path) => time('copyOut', () => store.copyOut(digest, path)),
    linkTo: (digest, of) => store.linkTo(digest, of),
    inventory: () => store.inventory(),
    deleteObject: (object) => time('deleteObject', () => store.deleteObject(object)),
    workFolder: () => store.workFolder(),
    proveWritable: () => store.proveWritable(),
    lock: (request) => store.lock(request),
  };
}
