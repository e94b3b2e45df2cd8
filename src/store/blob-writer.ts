/** A blob that is written to a local file until its digest is known. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { guard } from './disk-failure.ts';
import type { BlobRef, BlobWriter } from './store.ts';

/** Where a blob is written, and how the finished file is published. */
export interface Publishing {
  /** Folder of the file, for error messages about the disk. */
  root: string;
  /** A unique name. */
  temporary: string;
  /** Whether the bytes must have reached the disk before `publish`. */
  flush: boolean;
  /** Makes the file visible under its digest; may move the file. */
  publish: (file: string, ref: BlobRef) => Promise<void>;
}

/** Starts a blob. Fails with `store-unwritable` or `disk-full`. */
export async function openBlobWriter(publishing: Publishing): Promise<BlobWriter> {
  const file = await guard(publishing.root, () => open(publishing.temporary, 'wx'));
  return new FileBlobWriter(publishing, file);
}

/**
 * Writes all of a piece. A nearly full disk may write less than it was given, without an error; writing the rest then
 * fails with the reason.
 */
export async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.byteLength; ) {
    const { bytesWritten } = await file.write(piece, offset);
    offset += bytesWritten;
  }
}

/** Bytes that are written at once: speech arrives in pieces of a few kilobytes, and each write costs a system call. */
const GATHERED_BYTES = 65_536;

class FileBlobWriter implements BlobWriter {
  readonly #publishing: Publishing;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #byteLength = 0;
  #ended = false;
  /** Small pieces that wait to be written together. */
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;
  #written: Promise<void> = Promise.resolve();

  constructor(publishing: Publishing, file: FileHandle) {
    this.#publishing = publishing;
    this.#file = file;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#byteLength += piece.byteLength;
    const isSmall = piece.byteLength < GATHERED_BYTES;
    if (isSmall && this.#gatheredBytes + piece.byteLength <= GATHERED_BYTES) {
      this.#gather(piece);
      return;
    }
    void this.#writeGathered();
    if (isSmall) this.#gather(piece);
    else void this.#append(piece);
    // The caller may use the piece again, and must not be ahead of the disk.
    await this.#written;
  }

  #gather(piece: Uint8Array): void {
    this.#gathered ??= Buffer.allocUnsafeSlow(GATHERED_BYTES);
    this.#gathered.set(piece, this.#gatheredBytes);
    this.#gatheredBytes += piece.byteLength;
  }

  /** Begins to write what has gathered. */
  #writeGathered(): Promise<void> {
    const [gathered, length] = [this.#gathered, this.#gatheredBytes];
    [this.#gathered, this.#gatheredBytes] = [undefined, 0];
    return gathered === undefined ? this.#written : this.#append(gathered.subarray(0, length));
  }

  /** Writes after everything before; once it has failed, always fails. */
  #append(piece: Uint8Array): Promise<void> {
    this.#written = this.#written.then(() => guard(this.#publishing.root, () => writeAll(this.#file, piece)));
    this.#written.catch(() => undefined);
    return this.#written;
  }

  async commit(): Promise<BlobRef> {
    const { root, temporary, flush, publish } = this.#publishing;
    try {
      await this.#writeGathered();
      await guard(root, async () => {
        if (flush) await this.#file.sync();
        this.#ended = true;
        await this.#file.close();
      });
      const ref = { digest: this.#hash.digest('hex'), byteLength: this.#byteLength };
      await publish(temporary, ref);
      return ref;
    } catch (error) {
      if (this.#ended) await rm(temporary, { force: true });
      throw error;
    }
  }

  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#file.close();
    await rm(this.#publishing.temporary, { force: true });
  }
}
