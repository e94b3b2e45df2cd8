/** The objects of a watched place, without those below the folders that nobody asks for: finished books may be most of it. */
import type { Bucket } from '../store/s3/bucket.ts';

/** An object as the place's list has it. */
export interface ListedObject {
  name: string;
  byteLength: number;
  etag: string;
}

/** In the order of their names. `but`: beginnings of names, each with a slash at its end, that are jumped over. */
export async function* objectsOf(bucket: Bucket, skippedPrefixes: readonly string[]): AsyncGenerator<ListedObject> {
  for (let after = ''; ; ) {
    const { objects, isLast } = await bucket.page('', { after });
    for (const object of objects) if (!skippedPrefixes.some((start) => object.name.startsWith(start))) yield object;
    const last = objects.at(-1)?.name;
    if (isLast || last === undefined) return;
    const start = skippedPrefixes.find((one) => last.startsWith(one));
    // "0" is the sign that follows the slash: all that begins so lies before it.
    after = start === undefined ? last : `${start.slice(0, -1)}0`;
  }
}
