/**
 * Whether a file carries content credentials (C2PA), as other programs write them: in an MP3 a GEOB frame, in MP4 a `uuid` box, in
 * WAV a chunk. Only that they are there is said: checking a signature needs a list of whom to trust. Source: C2PA Technical
 * Specification 2.2, "Embedding manifests into various file formats"; older programs use the second MIME type.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { boxHeader } from '../../audio/mp4/mp4-boxes.ts';
import { framesIn, tagBytes } from './id3.ts';

const MIME_TYPES = ['application/c2pa', 'application/x-c2pa-manifest-store'];
const BOX_ID = 'd8fec3d61b0e483c92975828877ec481';
const CHUNK_ID = 'C2PA';

/** A longer tag is not read. */
const MOST_TAG_BYTES = 64 * 1024 * 1024;
/** Of a file with more boxes or chunks, the rest is not looked at. */
const MOST_PARTS = 10_000;

/** Whether the file has them; false also for a format that is not looked into. Rejects when it cannot be read. */
export async function hasContentCredentials(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const start = await bytesAt(file, 0, 12);
    const text = start.toString('latin1');
    if (text.startsWith('ID3')) return await inTag(file, start);
    if (text.slice(4, 8) === 'ftyp') return await inBoxes(file);
    if (text.startsWith('RIFF')) return await inChunks(file);
    return false;
  } finally {
    await file.close();
  }
}

async function inTag(file: FileHandle, start: Buffer): Promise<boolean> {
  const bytes = tagBytes(start);
  if (bytes > MOST_TAG_BYTES) return false;
  const frames = framesIn(await bytesAt(file, 0, bytes));
  // The text's encoding, then the MIME type up to a zero byte.
  return frames.some(({ id, content }) => {
    const end = content.indexOf(0, 1);
    return id === 'GEOB' && end > 0 && MIME_TYPES.includes(content.toString('latin1', 1, end));
  });
}

async function inBoxes(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  let at = 0;
  for (let count = 0; at < size && count < MOST_PARTS; count++) {
    const head = await bytesAt(file, at, 32);
    const header = boxHeader(head, 0, size - at);
    if (header === undefined || header.bytes < header.headerBytes) return false;
    const id = head.subarray(header.headerBytes, header.headerBytes + 16).toString('hex');
    if (header.type === 'uuid' && id === BOX_ID) return true;
    at += header.bytes;
  }
  return false;
}

async function inChunks(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  let at = 12;
  for (let count = 0; at + 8 <= size && count < MOST_PARTS; count++) {
    const head = await bytesAt(file, at, 8);
    if (head.toString('latin1', 0, 4) === CHUNK_ID) return true;
    const bytes = head.readUInt32LE(4);
    at += 8 + bytes + (bytes % 2);
  }
  return false;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}
