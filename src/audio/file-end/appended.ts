import type { Appended } from '../../qc/measured-file.ts';
import { tagBytesAt } from '../mp3/mp3-tags.ts';
import { afterBoxes } from './after-boxes.ts';
import { afterChunks } from './after-chunks.ts';
import { afterFlac } from './after-flac.ts';
import { withOpenedFile } from './opened-file.ts';

/**
 * What follows the one WAV, AIFF, FLAC or MP4 that a file should be, apart from tags and padding; undefined for nothing, and for
 * other formats. Reads the file without decoding it. Errors: those of the file system.
 */
export function appendedTo(path: string, signal?: AbortSignal): Promise<Appended | undefined> {
  return withOpenedFile(
    path,
    async (file) => {
      const head = await file.read(0, 12);
      // Some programs put an MP3's tag before any sound.
      const start = head.toString('latin1', 0, 3) === 'ID3' ? tagBytesAt(head, 0) : 0;
      const name = (await file.read(start, 8)).toString('latin1');
      if (name.startsWith('fLaC')) return afterFlac(file, start);
      if (name.slice(4) === 'ftyp') return afterBoxes(file, start);
      return afterChunks(file, start);
    },
    signal,
  );
}
