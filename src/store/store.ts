import type { Journals } from './journals.ts';

/**
 * The store: the permanent home of every result of a step. It is the truth; the queue only hands out work.
 *
 * Two forms are enough for everything. A **blob** is bytes named by their SHA-256 (a content-addressed store), so
 * writing it twice is harmless and reading it proves that it is complete. A **record** is small JSON named by kind and
 * key. It is written after its blobs: the presence of the record means "done", and a crash at any moment leaves either
 * nothing or everything.
 *
 * Every operation may be repeated and may run concurrently in several processes. Failures are `PipelineError`s:
 * `store-unwritable` and `disk-full` (a person must act), `store-unreachable` (the network or the server; a later retry
 * helps) and `store-damaged` (the object was quarantined; make it again).
 */
export interface Store {
  /** Location of the store, for messages. */
  readonly location: string;
  /** ID of the store, set when it was created: two runs share a queue only when they share a store. */
  readonly id: string;
  /** Whether `lock` and `addRecord` can separate two writers; false on servers without conditional writes. */
  readonly supportsConditionalWrites: boolean;
  /** Lines that only grow, such as the ledger of spending. */
  readonly journals: Journals;
  /** Each read is an answer of another machine to wait for, as on S3; absent for a disk. */
  readonly isFar?: true;

  /** The record; undefined when there is none or it is damaged, which is treated the same. */
  readRecord(kind: RecordKind, key: string): Promise<unknown>;
  /**
   * The complete records among many, in batches, in no particular order. Much cheaper than as many single reads;
   * request each key once.
   */
  readRecords(kind: RecordKind, keys: Iterable<string>): AsyncIterable<[key: string, value: unknown][]>;
  /** Writes or replaces a record atomically. */
  writeRecord(kind: RecordKind, key: string, value: object): Promise<void>;
  /**
   * Writes a record unless there is one, damaged or not. Of several concurrent writers, on any machines, exactly one
   * gets true. (On a disk without hard links the last one may win instead.)
   */
  addRecord(kind: RecordKind, key: string, value: object): Promise<boolean>;
  /**
   * For how long a record is as it is, in milliseconds by the clock of the disk or the server: two clocks are never compared.
   * Undefined when there is no such record, or when a store that cannot be written does not tell its time.
   */
  recordAgeMs(kind: RecordKind, key: string): Promise<number | undefined>;
  /** Deletes a record; does nothing when there is none. */
  deleteRecord(kind: RecordKind, key: string): Promise<void>;
  /**
   * Keys of all records of a kind, in no particular order. `startsWith`: only those that begin like this; at least two
   * characters.
   */
  listRecords(kind: RecordKind, of?: { startsWith: string }): Promise<string[]>;

  /** Size of the blob in bytes; undefined when the store does not have it. Does not read the content. */
  blobSize(digest: string): Promise<number | undefined>;
  /** The same for many blobs, much cheaper; missing ones are left out. */
  blobSizes(digests: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  /**
   * The blob's bytes as a stream that fails with `store-damaged` at its end if they do not match the digest. With `reuse`, a piece
   * is good only until the next one is asked for, which is much cheaper for large blobs.
   */
  openBlob(digest: string, of?: { reuse?: boolean }): AsyncIterable<Buffer>;
  /**
   * The whole blob, verified. For small blobs: measurements, a sample, a take. `buffer` is memory that may be used for
   * it if it is large enough: a caller that reads many blobs in a row then allocates only once.
   */
  readBlob(digest: string, room?: Uint8Array): Promise<Buffer>;
  /** Stores bytes that are already in memory. */
  putBlob(bytes: Uint8Array): Promise<BlobRef>;
  /** Starts a blob that arrives in pieces; nothing is visible before `commit`. */
  createBlob(): Promise<BlobWriter>;
  /** Copies a local file into the store. */
  putFile(path: string): Promise<BlobRef>;
  /** Copies a blob to a local file that must not exist, and verifies it. */
  copyOut(digest: string, path: string): Promise<void>;
  /**
   * A link with which anyone can download the blob under the given file name until it expires; undefined when the store
   * has no links. Makes no request, so it does not check that the blob exists.
   */
  linkTo(digest: string, of: { fileName: string; expiresSeconds: number }): Promise<string | undefined>;

  /** Every object of the store, in batches, in no particular order. Reads names and sizes, no content. */
  inventory(): AsyncIterable<StoredObject[]>;
  /**
   * Deletes an object of an inventory, unless it was written again since; true when it is gone. Its bytes are lost: for
   * src/retention/ only.
   */
  deleteObject(object: StoredObject): Promise<boolean>;

  /** A new empty local folder for intermediate files; the caller removes it. */
  workFolder(): Promise<string>;
  /**
   * Proves that everything a run makes can be written: call it before anything is paid for. Fails with
   * `store-unwritable` or `disk-full`. On S3 nothing more than what opening the store has proven.
   */
  proveWritable(): Promise<void>;

  /**
   * Whether it is still the store that was opened: a folder that was moved away, or an empty one in its place, would answer
   * that there is nothing. Absent where an answer is a failure then, as on S3. Writes nothing.
   */
  isThere?(): Promise<boolean>;

  /** Waits until only this process works on the store. For runs without a shared queue; see src/store/lock.ts. */
  lock(request: LockRequest): Promise<StoreLock>;
}

/** A request for the store's lock. */
export interface LockRequest {
  /** Called if another process holds the lock, and once more if that process falls silent. */
  onWait: (holder: LockHolder) => void;
  /** Ends the wait; it then rejects with `interrupted`. */
  signal?: AbortSignal | undefined;
}

/** Another process that holds the lock, as this one sees it. */
export interface LockHolder {
  host: string;
  pid: number;
  /** How long it has held the lock, in seconds, as it says itself; undefined when it does not. */
  heldSeconds?: number | undefined;
  /** How long it has written no heartbeat since this process began to look, in milliseconds. */
  silentMs: number;
  /** When it is silent for long: after how many more milliseconds of silence this process takes over. */
  takeOverMs?: number | undefined;
}

/** The exclusive right to work on the store, until `release`. */
export interface StoreLock {
  /**
   * Aborts, with a `PipelineError`, when another process has taken the store over, or may have: this process was asleep
   * or cut off for long.
   */
  readonly lost: AbortSignal;
  /**
   * Call it last before a call that costs money: resolves when the lock is certainly ours, and asks only when this process slept
   * or its last heartbeat failed. Rejects with what `lost` aborts with.
   */
  confirm(): Promise<void>;
  /** Releases the lock; may be called twice. */
  release(): Promise<void>;
}

/**
 * The kinds of records: takes, doubtful takes that are spoken again, texts that the service refused, enrolled voices,
 * enrolments in progress, last uses of voices, masters, the small blobs of a master's takes once more, books, submissions and their states, control requests (`hold`),
 * the state of each book at its last run, the model that it was begun with, the pace of an account, habits of voices, what recognisers heard, how many takes of a book
 * were spoken again, grants of money, delivered editions, the keys that a run needs, and two kinds of src/retention/: what may be deleted later, and who deletes now. These names are stored and never
 * change.
 */
export type RecordKind =
  | 'take'
  | 'take-candidate'
  | 'refusal'
  | 'voice'
  | 'voice-intent'
  | 'voice-use'
  | 'master'
  | 'chapter-blobs'
  | 'book'
  | 'submission'
  | 'book-state'
  | 'hold'
  | 'sample-measures'
  | 'last-run'
  | 'book-model'
  | 'pace'
  | 'voice-habit'
  | 'hearing'
  | 'retakes'
  | 'grant'
  | 'edition'
  | 'needs'
  | 'prune-mark'
  | 'prune';

/** A blob's name and size. */
export interface BlobRef {
  /** SHA-256 of the content, 64 lower-case hex digits. */
  digest: string;
  byteLength: number;
}

/** A file or object of the store. */
export interface StoredObject {
  /** Its path in the store, with `/` between folders; see src/store/layout.ts. */
  name: string;
  byteLength: number;
  /** Since it was last written, by the clock of the disk or the server: two clocks are never compared. */
  ageMs: number;
  /** Changes when it is written again. */
  version: string;
}

/** A blob under construction. Exactly one of `commit` and `discard` ends it; `discard` after either is harmless. */
export interface BlobWriter {
  /** Resolves when the piece is passed to the disk; await it before the next one. */
  write(piece: Uint8Array): Promise<void>;
  /** Flushes the blob, names it by its content and makes it visible. */
  commit(): Promise<BlobRef>;
  discard(): Promise<void>;
}
