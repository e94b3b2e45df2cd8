/** A blob that grows in a local file until its name is known. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { guard } from './disk-failure.ts';
import type { BlobRef, BlobWriter } from './store.ts';

/** What a store does with the finished file. */
export interface Publishing {
  /** Where the file lies, for messages of the disk. */
  root: string;
  /** A name that nobody else uses. */
  temporary: string;
  /** Whether the bytes must have reached the disk before `publish`. */
  flush: boolean;
  /** Makes the file visible under its digest; it may move the file away. */
  publish: (file: string, ref: BlobRef) => Promise<void>;
}

/** Starts a blob. Fails with `store-unwritable` or `disk-full`. */
export async function openBlobWriter(publishing: Publishing): Promise<BlobWriter> {
  const file = await guard(publishing.root, () => open(publishing.temporary, 'wx'));
  return new FileBlobWriter(publishing, file);
}

/** Writes all of a piece: a nearly full disk writes less than it was given, without an error; writing the rest says why. */
export async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let offset = 0; offset < piece.byteLength; ) {
    const { bytesWritten } = await file.write(piece, offset);
    offset += bytesWritten;
  }
}

class FileBlobWriter implements BlobWriter {
  readonly #publishing: Publishing;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  #byteLength = 0;
  #ended = false;

  constructor(publishing: Publishing, file: FileHandle) {
    this.#publishing = publishing;
    this.#file = file;
  }

  async write(piece: Uint8Array): Promise<void> {
    this.#hash.update(piece);
    this.#byteLength += piece.byteLength;
    await guard(this.#publishing.root, () => writeAll(this.#file, piece));
  }

  async commit(): Promise<BlobRef> {
    const { root, temporary, flush, publish } = this.#publishing;
    try {
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
