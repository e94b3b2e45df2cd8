/** A stored sound with its tags, as a stream: no encoder runs, and the sound itself passes through unchanged. */
import { open } from 'node:fs/promises';
import type { OutputFormat } from '../../manifest/manifest.ts';
import type { Container, FileTags, FoundMarks } from './file-tags.ts';
import { flacContainer } from './flac.ts';
import { id3Container } from './id3.ts';
import { mp4Container } from './mp4.ts';
import { riffContainer } from './riff.ts';

const CONTAINERS: Readonly<Record<OutputFormat, Container>> = {
  mp3: id3Container,
  m4a: mp4Container,
  m4b: mp4Container,
  flac: flacContainer,
  wav: riffContainer,
};

/** A stored file, and what to write into it. */
export interface SoundToMark {
  format: OutputFormat;
  /** Bytes of the stored file. */
  byteLength: number;
  tags: FileTags;
}

/**
 * The bytes of the file with its tags, in pieces that are good as long as those of `source`. Holds only the part with the tags in
 * memory. Rejects like `source`.
 */
export async function* markedSound(
  source: AsyncIterable<Buffer>,
  { format, byteLength, tags }: SoundToMark,
): AsyncGenerator<Buffer> {
  const container = CONTAINERS[format];
  let pieces: Buffer[] = [];
  let have = 0;
  let wanted: number | undefined = container.headBytes(Buffer.alloc(0), byteLength);
  for await (const piece of source) {
    if (wanted === undefined) {
      yield piece;
      continue;
    }
    // The reader may use the memory of a piece again.
    pieces.push(Buffer.from(piece));
    have += piece.length;
    if (have < wanted) continue;
    const start = Buffer.concat(pieces);
    pieces = [start];
    wanted = container.headBytes(start, byteLength);
    if (wanted > have) continue;
    yield container.rewrite(start.subarray(0, wanted), tags, byteLength);
    yield start.subarray(wanted);
    pieces = [];
    wanted = undefined;
  }
  if (wanted !== undefined) throw new Error(`Internal error: a stored ${format} has no sound.`);
}

/** The same for a file in memory. */
export function markedBytes(bytes: Buffer, { format, tags }: Omit<SoundToMark, 'byteLength'>): Buffer {
  const container = CONTAINERS[format];
  const head = container.headBytes(bytes, bytes.length);
  return Buffer.concat([container.rewrite(bytes.subarray(0, head), tags, bytes.length), bytes.subarray(head)]);
}

/** The marks of a file that this program delivered, read back from the disk; undefined when it is no such file. */
export async function writtenMarks(path: string, format: OutputFormat): Promise<FoundMarks | undefined> {
  const container = CONTAINERS[format];
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    let start: Buffer = Buffer.alloc(0);
    for (;;) {
      const wanted = container.headBytes(start, size);
      if (wanted <= start.length) return container.read(start.subarray(0, wanted));
      if (wanted > size) return undefined;
      const read = Buffer.alloc(wanted);
      start.copy(read);
      const { bytesRead } = await file.read(read, start.length, wanted - start.length, start.length);
      if (bytesRead < wanted - start.length) return undefined;
      start = read;
    }
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

/** Whether a file has these marks. */
export function hasMarks(found: FoundMarks | undefined, tags: FileTags): boolean {
  return (
    found !== undefined &&
    found.sentence === tags.sentence &&
    found.digitalSourceType === tags.digitalSourceType &&
    found.aigc === tags.aigc &&
    found.comment === tags.comment
  );
}
