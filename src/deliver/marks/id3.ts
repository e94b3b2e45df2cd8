/** ID3v2 in MP3s: written as version 2.3, which all players read; 2.3 and 2.4 are read. Source: id3.org/id3v2.3.0. Pure. */
import { type Container, type FileTags, type FoundMarks, marksAmong, namedFields } from './file-tags.ts';

const HEADER_BYTES = 10;
/** Bytes of the description of a frame that readers have to look through; damaged tags say anything. */
const MOST_BYTES = 64 * 1024 * 1024;

/** A frame: its ID and its content. */
export interface Frame {
  id: string;
  flags: number;
  content: Buffer;
}

/** The tag at the start of an MP3; a file without one has an empty head. */
export const id3Container: Container = {
  headBytes(start) {
    if (start.length < HEADER_BYTES) return HEADER_BYTES;
    return tagBytes(start);
  },
  rewrite: (head, tags) => id3Tag([...kept(framesIn(head), tags), ...id3Frames(tags, hasNarrator(head))]),
  read: readId3,
};

/** Bytes of the tag at the start; 0 without one. */
export function tagBytes(start: Buffer): number {
  if (start.length < HEADER_BYTES || start.toString('latin1', 0, 3) !== 'ID3') return 0;
  const bytes = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | (start[at]! & 0x7f), 0);
  const footer = (start[5]! & 0x10) === 0 ? 0 : HEADER_BYTES;
  return Math.min(MOST_BYTES, HEADER_BYTES + bytes + footer);
}

/** The marks in a tag. */
export function readId3(head: Buffer): FoundMarks {
  const fields = new Map<string, string>();
  let comment: string | undefined;
  for (const { id, content } of framesIn(head)) {
    if (id === 'TXXX') {
      const [name = '', value = ''] = textsIn(content, 1);
      if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value);
    }
    if (id !== 'COMM' || content.length < 4) continue;
    const [description = '', value = ''] = textsIn(content, 4);
    if (description === '') comment ??= value;
  }
  return marksAmong(fields, comment);
}

/** A whole tag with these frames. */
export function id3Tag(frames: readonly Frame[]): Buffer {
  const body = Buffer.concat(frames.map(wholeFrame));
  const header = Buffer.from('ID3\u0003\0\0\0\0\0\0', 'latin1');
  for (const [index, shift] of [21, 14, 7, 0].entries()) header[6 + index] = (body.length >> shift) & 0x7f;
  return Buffer.concat([header, body]);
}

/** A frame with its header, as version 2.3 has it. */
export function wholeFrame({ id, flags, content }: Frame): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  head.write(id, 'latin1');
  head.writeUInt32BE(content.length, 4);
  head.writeUInt16BE(flags, 8);
  return Buffer.concat([head, content]);
}

/** A frame of texts alone, such as a title. */
export function textFrame(id: string, texts: readonly string[]): Frame {
  return frame(id, Buffer.alloc(0), texts);
}

/** The frames of these tags. */
export function id3Frames(tags: FileTags, namesNarrator = false): Frame[] {
  const { language, comment, narrator, subtitle, series, description, publisher, rights, date } = tags;
  const frames = [
    frame('COMM', Buffer.concat([Buffer.from(language, 'latin1')]), ['', comment]),
    ...namedFields(tags).map(([name, value]) => frame('TXXX', Buffer.alloc(0), [name, value])),
  ];
  const text = (id: string, value: string | undefined): void => {
    if (value !== undefined) frames.push(frame(id, Buffer.alloc(0), [value]));
  };
  if (!namesNarrator) text('TCOM', narrator);
  text('TIT3', subtitle);
  // iTunes and Apple Books show a movement as the series.
  text('MVNM', series?.name);
  text('MVIN', series?.number);
  text('TPUB', publisher);
  text('TCOP', rights);
  text('TYER', date?.slice(0, 4));
  // Day and month: DDMM.
  if (date?.length === 10) text('TDAT', `${date.slice(8)}${date.slice(5, 7)}`);
  if (description !== undefined) frames.push(frame('TXXX', Buffer.alloc(0), ['description', description]));
  return frames;
}

/** Frames of the file that none of the new ones replaces. */
function kept(frames: readonly Frame[], tags: FileTags): Frame[] {
  const own = id3Frames(tags);
  const names = new Set(own.map(nameOf));
  return frames.filter((one) => one.id === 'TCOM' || !names.has(nameOf(one)));
}

function hasNarrator(head: Buffer): boolean {
  return framesIn(head).some(({ id }) => id === 'TCOM');
}

/** Two frames of the same name would say the same thing twice. */
function nameOf({ id, content }: Frame): string {
  if (id === 'TXXX') return `TXXX ${textsIn(content, 1)[0]?.toLowerCase()}`;
  if (id === 'COMM') return `COMM ${textsIn(content, 4)[0]}`;
  return id;
}

/** The frames of a tag of version 2.3 or 2.4; none of others. */
export function framesIn(head: Buffer): Frame[] {
  const version = head[3];
  if (tagBytes(head) === 0 || (version !== 3 && version !== 4)) return [];
  const frames: Frame[] = [];
  const end = Math.min(head.length, tagBytes(head));
  let at = HEADER_BYTES;
  // An extended header says its own length; in 2.4 with seven bits a byte, itself counted.
  if ((head[5]! & 0x40) !== 0) at += version === 4 ? sevenBits(head, at) : 4 + head.readUInt32BE(at);
  while (at + HEADER_BYTES <= end && head[at] !== 0) {
    const bytes = version === 4 ? sevenBits(head, at + 4) : head.readUInt32BE(at + 4);
    const from = at + HEADER_BYTES;
    if (from + bytes > end) break;
    const id = head.toString('latin1', at, at + 4);
    frames.push({ id, flags: head.readUInt16BE(at + 8), content: head.subarray(from, from + bytes) });
    at = from + bytes;
  }
  return frames;
}

function sevenBits(bytes: Buffer, at: number): number {
  return [0, 1, 2, 3].reduce((sum, index) => (sum << 7) | (bytes[at + index]! & 0x7f), 0);
}

/** A frame of texts: ISO 8859-1 where it can be, otherwise UTF-16; `before` comes between the encoding and the texts. */
function frame(id: string, before: Buffer, texts: readonly string[]): Frame {
  const isLatin = texts.every((text) => /^[\u0001-\u007f\u00a0-\u00ff]*$/.test(text));
  const parts = texts.map((text, index) => {
    const end = index < texts.length - 1 ? '\0' : '';
    return isLatin ? Buffer.from(`${text}${end}`, 'latin1') : Buffer.from(`\ufeff${text}${end}`, 'utf16le');
  });
  return { id, flags: 0, content: Buffer.concat([Buffer.from([isLatin ? 0 : 1]), before, ...parts]) };
}

/** The texts of a frame from `from` on, at the zeros between them. */
function textsIn(content: Buffer, from: number): string[] {
  const encoding = content[0];
  const bytes = content.subarray(from);
  if (encoding === 0) return bytes.toString('latin1').split('\0');
  if (encoding === 3) return bytes.toString('utf8').split('\0');
  const even = bytes.subarray(0, bytes.length & ~1);
  const isBigEndian = encoding === 2 || (even[0] === 0xfe && even[1] === 0xff);
  const text = (isBigEndian ? Buffer.from(even).swap16() : even).toString('utf16le');
  return text.split('\0').map((one) => one.replace(/^\ufeff/, ''));
}
