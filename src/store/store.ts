/**
 * The store: where every result of a step lives. It is the truth; the queue only hands out work.
 *
 * Two shapes are enough for all we keep. A **blob** is bytes named by their SHA-256, so writing it twice is harmless and
 * reading it proves it whole. A **record** is small JSON named by kind and key, and it is written after the blobs it
 * names: the record's presence is what "done" means, and a crash at any moment leaves either nothing or everything.
 *
 * Every operation is safe to repeat and safe to run at the same time in several processes. Failures are `PipelineError`s:
 * `store-unwritable` and `disk-full` (not worth repeating until somebody acts) and `store-damaged` (the object was set
 * aside; making it again is the cure).
 */
export interface Store {
  /** Where it is, for messages. */
  readonly location: string;
  /** Its own name, given when it was made: two runs meet in a queue only when they share a store. */
  readonly id: string;

  /** The record, or undefined when there is none or it is damaged (then it is as good as missing). */
  readRecord(kind: RecordKind, key: string): Promise<unknown>;
  /** Writes or replaces a record, whole or not at all. */
  writeRecord(kind: RecordKind, key: string, value: object): Promise<void>;
  /** Removes a record; nothing happens when there is none. */
  deleteRecord(kind: RecordKind, key: string): Promise<void>;
  /** Keys of all records of a kind, in no particular order. */
  listRecords(kind: RecordKind): Promise<string[]>;

  /** Bytes in the blob, or undefined when the store does not have it. Does not read the content. */
  blobSize(digest: string): Promise<number | undefined>;
  /** The blob's bytes as a stream that fails with `store-damaged` at its end if they are not what the digest says. */
  openBlob(digest: string): AsyncIterable<Buffer>;
  /** The whole blob, checked. For small things: a record of measures, a sample. */
  readBlob(digest: string): Promise<Buffer>;
  /** Puts bytes that are already in memory. */
  putBlob(bytes: Uint8Array): Promise<BlobRef>;
  /** Starts a blob that arrives in pieces; nothing is visible before `commit`. */
  createBlob(): Promise<BlobWriter>;
  /** Copies a local file in. */
  putFile(path: string): Promise<BlobRef>;
  /** Copies a blob out to a local file that did not exist, checked on the way. */
  copyOut(digest: string, path: string): Promise<void>;

  /** A new empty folder on this machine for intermediate files; the caller removes it. */
  workFolder(): Promise<string>;
}

/**
 * What kinds of record there are: takes, doubtful takes that are being spoken again, texts that the service refused,
 * enrolled voices, enrolments under way, last uses of voices, masters and books.
 */
export type RecordKind =
  | 'take'
  | 'take-candidate'
  | 'refusal'
  | 'voice'
  | 'voice-intent'
  | 'voice-use'
  | 'master'
  | 'book';

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
