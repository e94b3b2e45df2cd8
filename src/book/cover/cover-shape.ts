/** Whether shops for audiobooks take the shape of a book's cover. */
import type { Book } from '../load-book.ts';
import { pictureSize } from './picture-size.ts';

/** The size of a cover that is not square, in pixels. */
export interface CoverShape {
  width: number;
  height: number;
}

/** The size of the book's cover when it is not square; undefined for a square one, for none, and where it cannot be told. */
export async function oddCoverShape({ cover }: Pick<Book, 'cover'>): Promise<CoverShape | undefined> {
  if (cover === undefined) return undefined;
  const bytes = await cover.read().catch(() => undefined);
  const size = bytes && pictureSize(Buffer.from(bytes), cover.asset.mediaType);
  return size === undefined || size.width === size.height ? undefined : size;
}

/** A sentence for the producer: the cover of a printed book is not what shops for audiobooks want. */
export function coverShapeText({ width, height }: CoverShape): string {
  return `The cover is ${width} × ${height} pixels, not square. Players show it, but ACX, Spotify, Google Play and Kobo ask for a square one; \`pipeline deliver\` makes no package for them with this cover.`;
}
