/**
 * A book as one blob: its manifest, its segments and the digests of its recordings, so that every machine with access to the
 * store can run it without the author's files.
 */
import type { Book } from '../book/load-book.ts';
import { PipelineError } from '../errors.ts';
import { hasOwnModels } from '../manifest/fields/character-model.ts';
import type { BlobRef, Store } from '../store/store.ts';

type LoadedAsset = Book['samples'] extends Map<string, infer Asset> ? Asset : never;
type Packed = Omit<Book, 'samples' | 'cover' | 'pickups'> & {
  format: 'narration-book';
  version: number;
  samples: [name: string, asset: LoadedAsset['asset']][];
  cover?: LoadedAsset['asset'];
  pickups: [path: string, asset: LoadedAsset['asset']][];
};

/** Increased when an older version of the program could not run a new bundle. */
const VERSION = 1;
/** Of a bundle whose characters have models of their own: older versions would speak them all with one. */
const NEWEST_VERSION = 2;

/** Writes the book and its recordings to the store. Safe to repeat; equal books are one blob. */
export async function bundleBook(store: Store, book: Book): Promise<BlobRef> {
  const { samples, cover, pickups, ...rest } = book;
  const assets = [...samples.values(), ...pickups.values(), ...(cover === undefined ? [] : [cover])];
  for (const { read } of assets) await store.putBlob(await read());
  const packed: Packed = {
    format: 'narration-book',
    version: hasOwnModels(book.manifest) ? NEWEST_VERSION : VERSION,
    ...rest,
    samples: [...samples].map(([name, { asset }]) => [name, asset]),
    ...(cover === undefined ? {} : { cover: cover.asset }),
    pickups: [...pickups].map(([path, { asset }]) => [path, asset]),
  };
  return store.putBlob(Buffer.from(JSON.stringify(packed)));
}

/** Reads the book of a blob. Rejects with `store-damaged` when it is damaged or of another version; never retried. */
export async function unbundleBook(store: Store, content: BlobRef): Promise<Book> {
  const packed = JSON.parse((await store.readBlob(content.digest)).toString('utf8')) as Packed;
  if (packed.format !== 'narration-book' || packed.version < VERSION || packed.version > NEWEST_VERSION) {
    const message = `The book was submitted by another version of the program (format ${packed.version}, this one reads up to ${NEWEST_VERSION}). Submit it again: pipeline run --detach.`;
    throw new PipelineError({ code: 'store-damaged', message, retry: 'never' });
  }
  const { format: _, version: __, samples, cover, pickups, ...rest } = packed;
  const loaded = (asset: LoadedAsset['asset']): LoadedAsset => ({ asset, read: () => store.readBlob(asset.digest) });
  return {
    ...rest,
    samples: new Map(samples.map(([name, asset]) => [name, loaded(asset)])),
    ...(cover === undefined ? {} : { cover: loaded(cover) }),
    pickups: new Map(pickups.map(([path, asset]) => [path, loaded(asset)])),
  };
}
