/** Lists the objects of a watched S3 prefix without those of finished books, which may be most of them. */
import type { Bucket } from '../store/s3/bucket.ts';

/** An object as listed. */
export interface ListedObject {
  name: string;
  byteLength: number;
  etag: string;
}

/** Lists objects in the order of their names. `skippedPrefixes`: prefixes, each with a slash at the end, that are skipped. */
export async function* objectsOf(bucket: Bucket, skippedPrefixes: readonly string[]): AsyncGenerator<ListedObject> {
  for (let after = ''; ; ) {
    const { objects, isLast } = await bucket.page('', { after });
    for (const object of objects) if (!skippedPrefixes.some((start) => object.name.startsWith(start))) yield object;
    const last = objects.at(-1)?.name;
    if (isLast || last === undefined) return;
    const start = skippedPrefixes.find((one) => last.startsWith(one));
    // "0" is the character after the slash, so it sorts after every name with the prefix.
    after = start === undefined ? last : `${start.slice(0, -1)}0`;
  }
}
