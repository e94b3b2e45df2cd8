/** What follows the last frame of an MP3 in its file. */
import type { Appended } from '../../qc/measured-file.ts';
import { withOpenedFile } from './opened-file.ts';
import { behindTags } from './tags-at-end.ts';

/**
 * Whether anything follows, and the bytes that are neither a tag nor padding. ffmpeg takes what it does not know for broken frames: Lyrics3,
 * an APE tag of the first version, tags in an unusual order, a line's end. Errors: those of the file system.
 */
export function afterMp3(
  path: string,
  endByte: number,
  signal?: AbortSignal,
): Promise<{ isAny: boolean; appended?: Appended }> {
  return withOpenedFile(
    path,
    async (file) => {
      const isAny = file.bytes > endByte;
      const { bytes } = isAny ? await behindTags(file, endByte) : { bytes: 0 };
      return { isAny, ...(bytes > 0 && { appended: { kind: 'bytes', bytes, atSeconds: null } }) };
    },
    signal,
  );
}
