/** The tags of an M4B, as the items of iTunes. Pure. */
import type { BookTags } from '../../plan/step.ts';
import { coverItem, integerItem, textItem } from '../mp4/mp4-items.ts';

/** A cover image: JPEG (`image/jpeg`) or PNG (`image/png`). */
export interface BookCover {
  bytes: Uint8Array;
  mediaType: string;
}

const C = '\u00a9';
/** Type of media (`stik`): players then remember the position. */
const AUDIOBOOK = 2;

/** In the order in which they are written; tags without a value are left out. */
export function bookItems(tags: BookTags, cover: BookCover | undefined): Buffer[] {
  const { title, artist } = tags;
  const texts: [name: string, value: string | undefined][] = [
    [`${C}nam`, title],
    [`${C}ART`, artist],
    ['aART', artist],
    // Players for audiobooks show the composer as the narrator.
    [`${C}wrt`, tags.performer],
    [`${C}alb`, title],
    [`${C}day`, tags.year?.toString()],
    [`${C}cmt`, tags.comment],
    [`${C}gen`, tags.genre ?? 'Audiobook'],
  ];
  return [
    ...texts.flatMap(([name, value = '']) => (value === '' ? [] : [textItem(name, value.replaceAll('\0', ''))])),
    integerItem('stik', AUDIOBOOK, 1),
    ...(cover === undefined ? [] : [coverItem(cover)]),
  ];
}
