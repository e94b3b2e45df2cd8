/** Items of the list in which iTunes keeps tags (`ilst`): each a box with a `data` box. Pure. */
import { box } from './mp4-boxes.ts';

/** Before the content of a box with a version and flags. */
export const FULL_BOX_BYTES = 4;

const MEAN = 'com.apple.iTunes';

/** Types of a value: text, a number, and the two kinds of picture. */
const UTF8 = 1;
const INTEGER = 21;
const PICTURES: Readonly<Record<string, number>> = { 'image/jpeg': 13, 'image/png': 14 };

/** A tag that is a text. */
export function textItem(name: string, value: string): Buffer {
  return box(name, data(UTF8, Buffer.from(value, 'utf8')));
}

/** A tag that is a whole number of so many bytes. */
export function integerItem(name: string, value: number, bytes: number): Buffer {
  const number = Buffer.alloc(bytes);
  number.writeUIntBE(value, 0, bytes);
  return box(name, data(INTEGER, number));
}

/** The cover, JPEG or PNG. */
export function coverItem({ bytes, mediaType }: { bytes: Uint8Array; mediaType: string }): Buffer {
  const type = PICTURES[mediaType];
  if (type === undefined) throw new Error(`Internal error: a cover of type ${mediaType}`);
  return box('covr', data(type, bytes));
}

/** A tag with a name of one's own. */
export function freeformItem(name: string, value: string): Buffer {
  const full = (type: string, text: string): Buffer =>
    box(type, Buffer.alloc(FULL_BOX_BYTES), Buffer.from(text, 'utf8'));
  return box('----', full('mean', MEAN), full('name', name), data(UTF8, Buffer.from(value, 'utf8')));
}

/** Before the list: the handler says that a list of iTunes follows. */
export const ITEMS_HANDLER = box('hdlr', Buffer.alloc(8), Buffer.from('mdirappl', 'latin1'), Buffer.alloc(9));

function data(type: number, value: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(type);
  return box('data', head, value);
}
