import { type FileHandle, open } from 'node:fs/promises';

/** An ID3v2.3 tag: header of 10 bytes, then frames of 10 bytes of header each. Source: id3.org/id3v2.3.0. */
const HEADER_BYTES = 10;
/** Largest tag; about the size of its cover. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Moves the comment of an MP3 to the `COMM` frame, in place: ffmpeg writes it as a user-defined text (`TXXX`), which players do
 * not show. A file without such a tag is unchanged.
 *
 * @param language ISO 639-2 code of the comment's language
 */
export async function rewriteComment(path: string, language: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const tag = await readTag(file);
    const rewritten = tag === undefined ? undefined : withComment(tag, language);
    if (rewritten !== undefined) await file.write(rewritten, 0, rewritten.length, 0);
  } finally {
    await file.close();
  }
}

async function readTag(file: FileHandle): Promise<Buffer | undefined> {
  const head = Buffer.alloc(HEADER_BYTES);
  await file.read(head, 0, HEADER_BYTES, 0);
  // Version 3 without unsynchronisation or an extended header: what ffmpeg writes.
  if (head.toString('latin1', 0, 3) !== 'ID3' || head[3] !== 3 || head[5] !== 0) return undefined;
  const bytes = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | (head[at]! & 0x7f), 0);
  if (bytes > MOST_BYTES) return undefined;
  const tag = Buffer.alloc(HEADER_BYTES + bytes);
  const { bytesRead } = await file.read(tag, 0, tag.length, 0);
  return bytesRead === tag.length ? tag : undefined;
}

/** The tag with the frame replaced, of the same length; undefined when there is no comment. The new frame is never longer. */
function withComment(tag: Buffer, language: string): Buffer | undefined {
  for (let at = HEADER_BYTES; at + HEADER_BYTES <= tag.length; ) {
    const end = at + HEADER_BYTES + tag.readUInt32BE(at + 4);
    if (tag[at] === 0 || end > tag.length) return undefined;
    const id = tag.toString('latin1', at, at + 4);
    const content = id === 'TXXX' ? commentIn(tag.subarray(at + HEADER_BYTES, end)) : undefined;
    if (content !== undefined) {
      const frame = commentFrame(content, language);
      const rewritten = Buffer.alloc(tag.length);
      Buffer.concat([tag.subarray(0, at), frame, tag.subarray(end)]).copy(rewritten);
      return rewritten;
    }
    at = end;
  }
  return undefined;
}

interface Comment {
  /** 0 is ISO 8859-1, 1 is UTF-16 with a byte order mark. */
  encoding: number;
  text: Buffer;
}

function commentIn(content: Buffer): Comment | undefined {
  const encoding = content[0] ?? 0;
  const name = 'comment';
  const description = encoding === 1 ? Buffer.from(`\ufeff${name}\0`, 'utf16le') : Buffer.from(`${name}\0`, 'latin1');
  const text = content.subarray(1 + description.length);
  return content.subarray(1, 1 + description.length).equals(description) ? { encoding, text } : undefined;
}

function commentFrame({ encoding, text }: Comment, language: string): Buffer {
  const noDescription = encoding === 1 ? Buffer.from('\ufeff\0', 'utf16le') : Buffer.from([0]);
  const body = Buffer.concat([Buffer.from([encoding]), Buffer.from(language, 'latin1'), noDescription, text]);
  const head = Buffer.alloc(HEADER_BYTES);
  head.write('COMM', 'latin1');
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}
