/** Finds and reads the index of an MP4 file, wherever it is in the file. */
import type { FileHandle } from 'node:fs/promises';
import { type Mp4Track, mp4Tracks } from './mp4-tracks.ts';

/** An index larger than this is damage: 100 hours of sound have 60 MB. */
const MOST_INDEX_BYTES = 1 << 28;

/** The tracks of a file; undefined when it has no readable index. Errors: those of the file system. */
export async function readMp4Index(file: FileHandle): Promise<Mp4Track[] | undefined> {
  const { size } = await file.stat();
  const head = Buffer.alloc(16);
  for (let at = 0; at + 8 <= size; ) {
    await file.read(head, 0, 16, at);
    const short = head.readUInt32BE(0);
    const bytes = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? size - at : short;
    if (bytes < 8 || at + bytes > size) return undefined;
    if (head.toString('latin1', 4, 8) === 'moov') {
      if (bytes > MOST_INDEX_BYTES) return undefined;
      const moov = Buffer.alloc(bytes);
      await file.read(moov, 0, bytes, at);
      return mp4Tracks(moov.subarray(8));
    }
    at += bytes;
  }
  return undefined;
}
