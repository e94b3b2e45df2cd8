import type { Appended } from '../../qc/measured-file.ts';
import { tagBytesAt } from '../mp3/mp3-tags.ts';
import { adtsFrameAt } from '../mp4/adts.ts';
import { afterAdts } from './after-adts.ts';
import { afterBoxes } from './after-boxes.ts';
import { afterChunks } from './after-chunks.ts';
import { afterElements, EBML_HEAD } from './after-elements.ts';
import { afterFlac } from './after-flac.ts';
import { afterLongChunks, isOfLongChunks } from './after-long-chunks.ts';
import { afterPages } from './after-pages.ts';
import { withOpenedFile } from './opened-file.ts';

/**
 * What follows the one WAV, AIFF, FLAC, MP4, AAC (ADTS), Ogg, CAF, Wave64 or Matroska that a file should be, apart from tags and
 * padding; undefined for nothing, and for other formats. Reads the file without decoding it. Errors: those of the file system.
 */
export function appendedTo(path: string, signal?: AbortSignal): Promise<Appended | undefined> {
  return withOpenedFile(
    path,
    async (file) => {
      const head = await file.read(0, 12);
      // Some programs put an MP3's tag before any sound.
      const start = head.toString('latin1', 0, 3) === 'ID3' ? tagBytesAt(head, 0) : 0;
      const first = await file.read(start, 16);
      const name = first.toString('latin1', 0, 8);
      if (name.startsWith('fLaC')) return afterFlac(file, start);
      if (name.slice(4) === 'ftyp') return afterBoxes(file, start);
      if (name.startsWith('OggS')) return afterPages(file, start);
      if (first.length >= 4 && first.readUInt32BE(0) === EBML_HEAD) return afterElements(file, start);
      if (isOfLongChunks(first)) return afterLongChunks(file, start);
      if (adtsFrameAt(first, 0) !== undefined) return afterAdts(file, start);
      return afterChunks(file, start);
    },
    signal,
  );
}
