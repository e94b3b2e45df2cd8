/** One delivered file to S3: whole or not at all, and left alone when it is right already. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { mediaTypeOf } from '../deliver/media-types.ts';
import type { Bucket } from '../store/s3/bucket.ts';

/**
 * Copies a file to an object of that name, unless the object was written by us from the same bytes. Answers whether it was
 * written. Fails with `store-unwritable`, `store-unreachable` or `disk-full`.
 */
export async function publishFile(bucket: Bucket, { path, name }: { path: string; name: string }): Promise<boolean> {
  // A chapter may be delivered anew while it travels: what travels is the file as it is now.
  const linked = join(dirname(path), `.publishing-${randomUUID()}`);
  const from = await link(path, linked).then(
    () => linked,
    () => path,
  );
  try {
    const byteLength = (await stat(from)).size;
    const sha256 = await digestOf(from);
    const existing = await bucket.facts(name);
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
