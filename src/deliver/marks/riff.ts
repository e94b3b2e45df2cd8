/**
 * WAV: the list INFO, which has fixed fields only, and beside it an `id3 ` chunk, which has them all. Source: Microsoft and
 * IBM, Multimedia Programming Interface 1.0 (RIFF); the chunk `id3 ` is common practice and read by ffmpeg and mutagen. Pure.
 */
import {
  AIGC_FIELD,
  type Container,
  type FileTags,
  type FoundMarks,
  marksAmong,
  SENTENCE_FIELD,
  SOURCE_TYPE_FIELD,
} from './file-tags.ts';
import { id3Frames, id3Tag, readId3 } from './id3.ts';

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
/** A longer head is no head of a WAV file that we know. */
const MOST_HEAD_BYTES = 64 * 1024 * 1024;

/** Everything before the samples of a WAV file, with the header of their chunk. */
export const riffContainer: Container = {
  headBytes(start) {
    if (start.length < RIFF_HEADER_BYTES) return RIFF_HEADER_BYTES;
    if (start.toString('latin1', 0, 4) !== 'RIFF') throw new Error('Internal error: this is no WAV file.');
    for (let at = RIFF_HEADER_BYTES; at < MOST_HEAD_BYTES; ) {
      if (at + CHUNK_HEADER_BYTES > start.length) return at + CHUNK_HEADER_BYTES;
      if (start.toString('latin1', at, at + 4) === 'data') return at + CHUNK_HEADER_BYTES;
      at += CHUNK_HEADER_BYTES + padded(start.readUInt32LE(at + 4));
    }
    throw new Error('Internal error: this WAV file has no samples.');
  },
  rewrite(head, tags, fileBytes) {
    const chunks = chunksIn(head);
    const info = infoIn(chunks);
    const rest = chunks.filter(({ id, content }) => id !== 'id3 ' && !isInfo(id, content));
    const front = Buffer.concat([
      ...rest.map(({ id, content }) => chunk(id, content)),
      chunk('LIST', infoList(withTags(info, tags))),
      chunk('id3 ', id3Tag(id3Frames(tags))),
    ]);
    const data = head.subarray(head.length - CHUNK_HEADER_BYTES);
    const header = Buffer.from(head.subarray(0, RIFF_HEADER_BYTES));
    const added = RIFF_HEADER_BYTES + front.length + data.length - head.length;
    header.writeUInt32LE(fileBytes + added - CHUNK_HEADER_BYTES, 4);
    return Buffer.concat([header, front, data]);
  },
  read(head): FoundMarks {
    const chunks = chunksIn(head);
    const tag = chunks.find(({ id }) => id === 'id3 ');
    const info = infoIn(chunks);
    return { ...fromInfo(info), ...(tag && readId3(tag.content)) };
  },
};

interface Chunk {
  id: string;
  content: Buffer;
}

function isInfo(id: string, content: Buffer): boolean {
  return id === 'LIST' && content.toString('latin1', 0, 4) === 'INFO';
}

function padded(bytes: number): number {
  return bytes + (bytes & 1);
}

/** All chunks before the samples. */
function chunksIn(head: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= head.length; ) {
    const id = head.toString('latin1', at, at + 4);
    if (id === 'data') break;
    const bytes = head.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    chunks.push({ id, content: head.subarray(from, from + bytes) });
    at = from + padded(bytes);
  }
  return chunks;
}

function chunk(id: string, content: Buffer): Buffer {
  const header = Buffer.alloc(CHUNK_HEADER_BYTES);
  header.write(id, 'latin1');
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, content, Buffer.alloc(content.length & 1)]);
}

function infoIn(chunks: readonly Chunk[]): Map<string, string> {
  const list = chunks.find(({ id, content }) => isInfo(id, content))?.content;
  const fields = new Map<string, string>();
  for (let at = 4; list !== undefined && at + CHUNK_HEADER_BYTES <= list.length; ) {
    const bytes = list.readUInt32LE(at + 4);
    const from = at + CHUNK_HEADER_BYTES;
    fields.set(list.toString('latin1', at, at + 4), list.toString('utf8', from, from + bytes).replace(/\0+$/, ''));
    at = from + padded(bytes);
  }
  return fields;
}

function infoList(fields: ReadonlyMap<string, string>): Buffer {
  const parts = [...fields].map(([id, value]) => chunk(id, Buffer.from(`${value}\0`, 'utf8')));
  return Buffer.concat([Buffer.from('INFO', 'latin1'), ...parts]);
}

function withTags(info: ReadonlyMap<string, string>, tags: FileTags): Map<string, string> {
  const { comment, digitalSourceType, aigc, description, rights, date } = tags;
  const fields = new Map(info);
  // The format has no field with a name of one's own: the comment has all three marks.
  const marks = [comment, `${SOURCE_TYPE_FIELD}=${digitalSourceType}`, ...(aigc ? [`${AIGC_FIELD}=${aigc}`] : [])];
  fields.set('ICMT', marks.join('\n'));
  fields.set('IKEY', digitalSourceType);
  if (description !== undefined) fields.set('ISBJ', description);
  if (rights !== undefined) fields.set('ICOP', rights);
  if (date !== undefined) fields.set('ICRD', date);
  return fields;
}

/** Of a file that has lost its `id3 ` chunk. */
function fromInfo(info: ReadonlyMap<string, string>): FoundMarks {
  const [comment, ...marks] = info.get('ICMT')?.split('\n') ?? [];
  const fields = new Map<string, string>();
  for (const mark of marks) {
    const cut = mark.indexOf('=');
    if (cut > 0) fields.set(mark.slice(0, cut).toLowerCase(), mark.slice(cut + 1));
  }
  if (fields.has(SOURCE_TYPE_FIELD.toLowerCase()) && comment !== undefined)
    fields.set(SENTENCE_FIELD.toLowerCase(), comment);
  return marksAmong(fields, comment);
}
