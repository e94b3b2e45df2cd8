/** Tags in M4A and M4B: the list of iTunes in the index, with its freeform fields. Pure. */

import { box, boxAt, boxesIn, boxHeader, withBox } from '../../audio/mp4/mp4-boxes.ts';
import { FULL_BOX_BYTES, freeformItem, ITEMS_HANDLER, integerItem, textItem } from '../../audio/mp4/mp4-items.ts';
import { type Container, type FileTags, type FoundMarks, marksAmong, namedFields } from './file-tags.ts';

/** An index of a book of a hundred hours is smaller. */
const MOST_HEAD_BYTES = 512 * 1024 * 1024;

/** Everything before the sound; delivered files have their index first, so that players can start at once. */
export const mp4Container: Container = {
  headBytes(start, fileBytes) {
    for (let at = 0; ; ) {
      const header = boxHeader(start, at, fileBytes);
      if (header === undefined) return at + 16;
      if (header.type === 'mdat') return at;
      at += header.bytes;
      if (header.bytes < header.headerBytes || at > Math.min(fileBytes, MOST_HEAD_BYTES))
        throw new Error('Internal error: this is no MP4 file with its index first.');
      // At the end of a file without sound.
      if (at === fileBytes) return at;
    }
  },
  rewrite(head, tags) {
    let added = 0;
    const boxes = boxesIn(head);
    const moov = boxes.find(({ type }) => type === 'moov');
    if (moov === undefined) throw new Error('Internal error: this MP4 file has no index before its sound.');
    const tagged = withTags(moov.content, tags);
    added = tagged.length - moov.content.length;
    const moved = movedChunks(tagged, added);
    return Buffer.concat(boxes.map(({ type, content }) => box(type, type === 'moov' ? moved : content)));
  },
  read: (head) => readIndex(boxAt(head, ['moov'])),
};

/** The marks in an index. */
export function readIndex(moov: Buffer | undefined): FoundMarks {
  const meta = boxAt(moov, ['udta', 'meta']);
  const items = boxesIn(boxAt(meta?.subarray(FULL_BOX_BYTES), ['ilst']) ?? Buffer.alloc(0));
  const fields = new Map<string, string>();
  for (const { type, content } of items) {
    if (type !== '----') continue;
    const name = boxAt(content, ['name'])?.subarray(FULL_BOX_BYTES).toString('utf8').toLowerCase();
    if (name !== undefined && !fields.has(name)) fields.set(name, textOf(content));
  }
  const comment = items.find(({ type }) => type === `${C}cmt`);
  return marksAmong(fields, comment && textOf(comment.content));
}

const C = '\u00a9';

function textOf(item: Buffer): string {
  return (boxAt(item, ['data']) ?? Buffer.alloc(0)).subarray(8).toString('utf8');
}

function withTags(moov: Buffer, tags: FileTags): Buffer {
  return withBox(moov, 'udta', (udta = Buffer.alloc(0)) =>
    withBox(udta, 'meta', (meta = EMPTY_META) =>
      Buffer.concat([
        meta.subarray(0, FULL_BOX_BYTES),
        withBox(meta.subarray(FULL_BOX_BYTES), 'ilst', (ilst = Buffer.alloc(0)) => withItems(ilst, tags)),
      ]),
    ),
  );
}

/** Of a file without tags. */
const EMPTY_META = Buffer.concat([Buffer.alloc(FULL_BOX_BYTES), ITEMS_HANDLER]);

interface Item {
  /** Its type, or its name when it is a freeform one. */
  name: string;
  bytes: Buffer;
}

function withItems(ilst: Buffer, tags: FileTags): Buffer {
  const before = boxesIn(ilst).map(({ type, content }): Item => {
    const name = boxAt(content, ['name'])?.subarray(FULL_BOX_BYTES).toString('utf8').toUpperCase();
    return { name: type === '----' ? `---- ${name}` : type, bytes: box(type, content) };
  });
  const has = (name: string): boolean => before.some((item) => item.name === name);
  const own = itemsOf(tags).filter(({ name }) => name !== `${C}wrt` || !has(name));
  const names = new Set(own.map(({ name }) => name));
  return Buffer.concat([...before.filter(({ name }) => !names.has(name)), ...own].map(({ bytes }) => bytes));
}

function itemsOf(tags: FileTags): Item[] {
  const { comment, narrator, subtitle, series, description, publisher, rights, date } = tags;
  const texts: [string, string | undefined][] = [
    [`${C}cmt`, comment],
    // Players show the composer as the narrator; Apple has a field of its own too.
    [`${C}wrt`, narrator],
    [`${C}nrt`, narrator],
    [`${C}st3`, subtitle],
    [`${C}mvn`, series?.name],
    ['desc', description],
    ['ldes', description],
    [`${C}pub`, publisher],
    ['cprt', rights],
    [`${C}day`, date],
  ];
  const number = series?.number !== undefined && /^\d{1,4}$/.test(series.number) ? Number(series.number) : undefined;
  return [
    ...texts.flatMap(([name, value]) => (value === undefined ? [] : [text(name, value)])),
    ...(number === undefined ? [] : [integer(`${C}mvi`, number, 2)]),
    // Apple shows a movement only when asked to.
    ...(series === undefined ? [] : [integer('shwm', 1, 1)]),
    ...namedFields(tags).map(([name, value]) => freeform(name, value)),
    // Audiobookshelf reads these through ffprobe, which does not show the fields of Apple.
    ...(subtitle === undefined ? [] : [freeform('SUBTITLE', subtitle)]),
    ...(publisher === undefined ? [] : [freeform('PUBLISHER', publisher)]),
  ];
}

function text(name: string, value: string): Item {
  return { name, bytes: textItem(name, value) };
}

function integer(name: string, value: number, bytes: number): Item {
  return { name, bytes: integerItem(name, value, bytes) };
}

function freeform(name: string, value: string): Item {
  return { name: `---- ${name.toUpperCase()}`, bytes: freeformItem(name, value) };
}

/** The index with the places of all chunks moved, because the sound after it has moved. */
function movedChunks(moov: Buffer, by: number): Buffer {
  if (by === 0) return moov;
  const moved = Buffer.from(moov);
  for (const { type, content } of boxesIn(moved)) {
    if (type !== 'trak') continue;
    const table = boxAt(content, ['mdia', 'minf', 'stbl']);
    const short = boxAt(table, ['stco']);
    const long = boxAt(table, ['co64']);
    // These are views of `moved`.
    for (let at = 8; short !== undefined && at + 4 <= short.length; at += 4)
      short.writeUInt32BE(short.readUInt32BE(at) + by, at);
    for (let at = 8; long !== undefined && at + 8 <= long.length; at += 8)
      long.writeBigUInt64BE(long.readBigUInt64BE(at) + BigInt(by), at);
  }
  return moved;
}
