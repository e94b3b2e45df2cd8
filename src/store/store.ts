/**
 * The store: where every result of a step lives. It is the truth; the queue only hands out work.
 *
 * Two shapes are enough for all we keep. A **blob** is bytes named by their SHA-256, so writing it twice is harmless and
 * reading it proves it whole. A **record** is small JSON named by kind and key, and it is written after the blobs it
 * names: the record's presence is what "done" means, and a crash at any moment leaves either nothing or everything.
 *
 * Every operation is safe to repeat and safe to run at the same time in several processes. Failures are `PipelineError`s:
 * `store-unwritable` and `disk-full` (not worth repeating until somebody acts), `store-unreachable` (the network or the
 * server; trying again later helps) and `store-damaged` (the object was set aside; making it again is the cure).
 */
export interface Store {
  /** Where it is, for messages. */
  readonly location: string;
  /** Its own name, given when it was made: two runs meet in a queue only when they share a store. */
  readonly id: string;
  /** Whether `lock` and `addRecord` can keep two writers apart; false on servers without conditional writes. */
  readonly supportsConditionalWrites: boolean;

  /** The record, or undefined when there is none or it is damaged (then it is as good as missing). */
  readRecord(kind: RecordKind, key: string): Promise<unknown>;
  /**
   * Those of many records that are there and whole, in pieces, in no particular order. Much cheaper than as many single
   * reads; a key should be asked for once.
   */
  readRecords(kind: RecordKind, keys: Iterable<string>): AsyncIterable<[key: string, value: unknown][]>;
  /** Writes or replaces a record, whole or not at all. */
  writeRecord(kind: RecordKind, key: string, value: object): Promise<void>;
  /**
   * Writes a record unless there is one, damaged or not. Of several writers at once, on any machines, exactly one is
   * answered true. (On a disk without hard links this is not quite so: there the last one may stay.)
   */
  addRecord(kind: RecordKind, key: string, value: object): Promise<boolean>;
  /** Removes a record; nothing happens when there is none. */
  deleteRecord(kind: RecordKind, key: string): Promise<void>;
  /** Keys of all records of a kind, in no particular order. */
  listRecords(kind: RecordKind): Promise<string[]>;

  /** Bytes in the blob, or undefined when the store does not have it. Does not read the content. */
  blobSize(digest: string): Promise<number | undefined>;
  /** The same of many blobs at once, much cheaper; those that the store does not have are left out. */
  blobSizes(digests: Iterable<string>): Promise<ReadonlyMap<string, number>>;
  /** The blob's bytes as a stream that fails with `store-damaged` at its end if they are not what the digest says. */
  openBlob(digest: string): AsyncIterable<Buffer>;
  /**
   * The whole blob, checked. For small things: a record of measures, a sample, a take. `room` is memory that may be used for
   * it, where it is large enough: who reads many in a row then needs no more for each.
   */
  readBlob(digest: string, room?: Uint8Array): Promise<Buffer>;
  /** Puts bytes that are already in memory. */
  putBlob(bytes: Uint8Array): Promise<BlobRef>;
  /** Starts a blob that arrives in pieces; nothing is visible before `commit`. */
  createBlob(): Promise<BlobWriter>;
  /** Copies a local file in. */
  putFile(path: string): Promise<BlobRef>;
  /** Copies a blob out to a local file that did not exist, checked on the way. */
  copyOut(digest: string, path: string): Promise<void>;
  /**
   * A link with which anybody can fetch the blob under the given file name until it runs out; undefined when the store has
   * no links. Asks nobody, so it says nothing of whether the blob is there.
   */
  linkTo(digest: string, of: { fileName: string; expiresSeconds: number }): Promise<string | undefined>;

  /** A new empty folder on this machine for intermediate files; the caller removes it. */
  workFolder(): Promise<string>;

  /** Waits until this process alone works on the store. For runs that share no queue; see src/store/lock.ts. */
  lock(request: LockRequest): Promise<StoreLock>;
}

/** Who waits for the store. */
export interface LockRequest {
  /** Hears once that somebody else is at it. */
  onWait: (holder: { host: string; pid: number }) => void;
  /** Ends the wait; it then rejects with `interrupted`. */
  signal?: AbortSignal | undefined;
}

/** The store is this process's own until `release`. */
export interface StoreLock {
  /** Aborts, with a `PipelineError`, when somebody else took the store over: this process was asleep or cut off for long. */
  readonly lost: AbortSignal;
  /** Gives it back; safe to call twice. */
  release(): Promise<void>;
}

/**
 * What kinds of record there are: takes, doubtful takes that are being spoken again, texts that the service refused,
 * enrolled voices, enrolments under way, last uses of voices, masters, books, what each book was at its last run, and how
 * fast an account speaks.
 */
export type RecordKind =
  | 'take'
  | 'take-candidate'
  | 'refusal'
  | 'voice'
  | 'voice-intent'
  | 'voice-use'
  | 'master'
  | 'book'
  | 'submission'
  | 'book-state'
  | 'hold'
  | 'last-run'
  | 'pace';

/** A blob's name and size. */
export interface BlobRef {
  /** SHA-256 of the content, 64 lower-case hex digits. */
  digest: string;
  byteLength: number;
}

/** A blob under construction. Exactly one of `commit` and `discard` ends it; `discard` after either is harmless. */
export interface BlobWriter {
  /** Resolves when the piece is handed to the disk; wait for it before the next one. */
  write(piece: Uint8Array): Promise<void>;
  /** Flushes, names the blob by its content and makes it visible. */
  commit(): Promise<BlobRef>;
  discard(): Promise<void>;
}
