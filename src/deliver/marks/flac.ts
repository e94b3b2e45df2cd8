/** Vorbis comments in FLAC. Source: RFC 9639, sections 8.6 and 8.1. Pure. */
import { type Container, type FileTags, type FoundMarks, marksAmong, namedFields } from './file-tags.ts';

const VORBIS_COMMENT = 4;
/** Longest block: its length has 24 bits. */
const MOST_BLOCK_BYTES = 0xff_ffff;

interface Block {
  type: number;
  content: Buffer;
}

/** The metadata blocks at the start of a FLAC file. */
export const flacContainer: Container = {
  headBytes(start) {
    if (start.length < 8) return 8;
    if (start.toString('latin1', 0, 4) !== 'fLaC') throw new Error('Internal error: this is no FLAC file.');
    let at = 4;
    for (;;) {
      if (at + 4 > start.length) return at + 4;
      const isLast = (start[at]! & 0x80) !== 0;
      at += 4 + start.readUIntBE(at + 1, 3);
      if (isLast) return at;
    }
  },
  rewrite(head, tags) {
    const blocks = blocksIn(head);
    const comments = blocks.find(({ type }) => type === VORBIS_COMMENT);
    const { vendor, fields } = commentsIn(comments?.content);
    const content = commentBlock(vendor, withTags(fields, tags));
    if (content.length > MOST_BLOCK_BYTES) throw new Error('Internal error: the tags of a FLAC file are too long.');
    const others = blocks.filter(({ type }) => type !== VORBIS_COMMENT);
    // The stream's own description is always the first block.
    return written([...others.slice(0, 1), { type: VORBIS_COMMENT, content }, ...others.slice(1)]);
  },
  read(head): FoundMarks {
    const { fields } = commentsIn(blocksIn(head).find(({ type }) => type === VORBIS_COMMENT)?.content);
    const byName = new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
    return marksAmong(byName, byName.get('comment'));
  },
};

function withTags(fields: readonly [string, string][], tags: FileTags): [string, string][] {
  const { comment, narrator, subtitle, description, publisher, rights, date } = tags;
  const has = (name: string): boolean => fields.some(([own]) => own.toUpperCase() === name);
  const given: [string, string | undefined][] = [
    ['COMMENT', comment],
    ...namedFields(tags),
    ['COMPOSER', has('COMPOSER') ? undefined : narrator],
    ['SUBTITLE', subtitle],
    ['DESCRIPTION', description],
    ['PUBLISHER', publisher],
    ['COPYRIGHT', rights],
    ['DATE', date],
  ];
  const own = given.filter((field): field is [string, string] => field[1] !== undefined);
  const names = new Set(own.map(([name]) => name.toUpperCase()));
  return [...fields.filter(([name]) => !names.has(name.toUpperCase())), ...own];
}

function blocksIn(head: Buffer): Block[] {
  const blocks: Block[] = [];
  for (let at = 4; at + 4 <= head.length; ) {
    const bytes = head.readUIntBE(at + 1, 3);
    blocks.push({ type: head[at]! & 0x7f, content: head.subarray(at + 4, at + 4 + bytes) });
    at += 4 + bytes;
  }
  return blocks;
}

function written(blocks: readonly Block[]): Buffer {
  const parts = blocks.flatMap(({ type, content }, index) => {
    const header = Buffer.alloc(4);
    header[0] = type | (index === blocks.length - 1 ? 0x80 : 0);
    header.writeUIntBE(content.length, 1, 3);
    return [header, content];
  });
  return Buffer.concat([Buffer.from('fLaC', 'latin1'), ...parts]);
}

/** Lengths in it are little-endian, unlike everything else in the format. */
function commentsIn(content: Buffer | undefined): { vendor: string; fields: [string, string][] } {
  const fields: [string, string][] = [];
  let vendor = '';
  let at = 0;
  const next = (): string | undefined => {
    if (content === undefined || at + 4 > content.length) return undefined;
    const bytes = content.readUInt32LE(at);
    const text = content.toString('utf8', at + 4, at + 4 + bytes);
    at += 4 + bytes;
    return text;
  };
  vendor = next() ?? '';
  at += 4;
  for (let field = next(); field !== undefined; field = next()) {
    const cut = field.indexOf('=');
    if (cut > 0) fields.push([field.slice(0, cut), field.slice(cut + 1)]);
  }
  return { vendor, fields };
}

function commentBlock(vendor: string, fields: readonly [string, string][]): Buffer {
  const text = (words: string): Buffer => {
    const bytes = Buffer.from(words, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const count = Buffer.alloc(4);
  count.writeUInt32LE(fields.length);
  return Buffer.concat([text(vendor), count, ...fields.map(([name, value]) => text(`${name}=${value}`))]);
}
