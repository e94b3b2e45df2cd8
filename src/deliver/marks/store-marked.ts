/** A finished file with its marks, as a blob of the store: for links, which hand out what the store has. */
import type { OutputFormat } from '../../manifest/manifest.ts';
import type { BlobRef, Store } from '../../store/store.ts';
import type { MarkedAs } from './book-tags.ts';
import { markedSound } from './marked-sound.ts';

/**
 * Copies the stored file with its tags into the store; the same bytes as the delivered file. Nothing refers to the copy, so a
 * prune deletes it. Fails with `store-damaged`, and as writing a blob does.
 */
export async function storeMarked(of: {
  store: Store;
  file: BlobRef;
  format: OutputFormat;
  marked: MarkedAs;
}): Promise<BlobRef> {
  const { store, file, format, marked } = of;
  const { digest, byteLength } = file;
  const blob = await store.createBlob();
  try {
    const sound = markedSound(store.openBlob(digest, { reuse: true }), { format, byteLength, tags: marked.tags });
    for await (const piece of sound) await blob.write(piece);
    return await blob.commit();
  } catch (error) {
    await blob.discard().catch(() => undefined);
    throw error;
  }
}
