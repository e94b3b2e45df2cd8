/** Uploads a delivered file to S3, unless the object is right already. The upload is atomic. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mediaTypeOf } from '../deliver/media-types.ts';
import type { Bucket } from '../store/s3/bucket.ts';

/**
 * Uploads a file to the object `name`, unless the object has the same checksum and size. Returns whether it was written.
 * Rejects with `store-unwritable`, `store-unreachable` or `disk-full`.
 */
export async function publishFile(bucket: Bucket, { path, name }: { path: string; name: string }): Promise<boolean> {
  // A chapter may be delivered again during the upload; the link keeps the current file.
  const linked = join(dirname(path), `.publishing-${randomUUID()}`);
  const from = await link(path, linked).then(
    () => linked,
    () => path,
  );
  try {
    const byteLength = (await stat(from)).size;
    const sha256 = await digestOf(from);
    const existing = await bucket.describe(name);
    if (existing?.sha256 === sha256 && existing.byteLength === byteLength) return false;
    await bucket.putFile(name, from, byteLength, { sha256, mediaType: mediaTypeOf(name) });
    return true;
  } finally {
    await rm(linked, { force: true });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex');
}
