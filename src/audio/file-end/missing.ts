/** What a file's container says is missing at its end; ffmpeg decodes what is there and does not report the rest. */
import { parseWavHeader } from '../pcm.ts';
import { missingInLongChunks } from './after-long-chunks.ts';
import { isEnded } from './after-pages.ts';
import { type OpenedFile, withOpenedFile } from './opened-file.ts';

/**
 * Of a WAV, CAF, Wave64 or Ogg by ffmpeg's name of the container: what is missing, as a sentence for people; undefined for nothing
 * and for other formats, which ffmpeg reports. Errors: those of the file system.
 */
export function missingAtEnd(path: string, container: string, signal?: AbortSignal): Promise<string | undefined> {
  return withOpenedFile(
    path,
    async (file) => {
      if (container === 'ogg') return (await isEnded(file)) ? undefined : 'the page that ends its sound is missing';
      const bytes = container === 'wav' ? await missingInWav(file) : await missingInLongChunks(file);
      return bytes > 0 ? `${bytes} bytes of audio are missing` : undefined;
    },
    signal,
  );
}

async function missingInWav(file: OpenedFile): Promise<number> {
  const header = parseWavHeader(await file.read(0, 1 << 16));
  if (header === null || header === 'incomplete' || header.dataBytes === null) return 0;
  return Math.max(0, header.dataOffset + header.dataBytes - file.bytes);
}
