/** Boxes of MP4 files: the little that is needed to change tags and chapter times in an index. Source: ISO/IEC 14496-12. Pure. */

const HEADER_BYTES = 8;
const LONG_HEADER_BYTES = 16;

/** A box: its type, and everything after its header. */
export interface Box {
  type: string;
  content: Buffer;
}

/** The header of the box at `at`: its type, and the bytes of its header and of all of it; `end` is that of the space it is in. */
export function boxHeader(
  bytes: Buffer,
  at: number,
  end: number,
): { type: string; headerBytes: number; bytes: number } | undefined {
  if (at + HEADER_BYTES > bytes.length) return undefined;
  const size = bytes.readUInt32BE(at);
  const type = bytes.toString('latin1', at + 4, at + 8);
  if (size === 0) return { type, headerBytes: HEADER_BYTES, bytes: end - at };
  if (size !== 1) return { type, headerBytes: HEADER_BYTES, bytes: size };
  if (at + LONG_HEADER_BYTES > bytes.length) return undefined;
  return { type, headerBytes: LONG_HEADER_BYTES, bytes: Number(bytes.readBigUInt64BE(at + 8)) };
}

/** The boxes in a content; stops at the first that is damaged. */
export function boxesIn(content: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < content.length; ) {
    const header = boxHeader(content, at, content.length);
    if (header === undefined || header.bytes < header.headerBytes || at + header.bytes > content.length) break;
    boxes.push({ type: header.type, content: content.subarray(at + header.headerBytes, at + header.bytes) });
    at += header.bytes;
  }
  return boxes;
}

/** A box with its header. */
export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(HEADER_BYTES + content.length);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, content]);
}

/**
 * The content with each box of the type replaced by what `change` returns; a missing one is appended if `change` makes one of
 * undefined.
 */
export function withBox(content: Buffer, type: string, change: (found: Buffer | undefined) => Buffer): Buffer {
  const boxes = boxesIn(content);
  const isThere = boxes.some((one) => one.type === type);
  const changed = boxes.map((one) => box(one.type, one.type === type ? change(one.content) : one.content));
  return Buffer.concat([...changed, ...(isThere ? [] : [box(type, change(undefined))])]);
}

/** The content of the box at a path of types, the first of each; undefined when there is none. */
export function boxAt(content: Buffer | undefined, path: readonly string[]): Buffer | undefined {
  const [type, ...below] = path;
  if (content === undefined || type === undefined) return content;
  return boxAt(boxesIn(content).find((one) => one.type === type)?.content, below);
}
