/** Sound that the simulator made before, in a folder: the same request sounds the same in every process. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SpeechRequest } from './espeak-worker.ts';

/** What is kept of earlier speech. */
export interface SpeechCache {
  /** Mono samples at espeak-ng's own rate; undefined when the request is new. */
  find(request: SpeechRequest): Promise<Int16Array | undefined>;
  /** Never rejects: speech that cannot be kept is made again. */
  keep(request: SpeechRequest, pcm: Int16Array): Promise<void>;
}

/** A cache in `folder`, which is made when needed. `engine` is the engine's version: another one speaks otherwise. */
export function openSpeechCache(folder: string, engine: string): SpeechCache {
  const fileOf = (request: SpeechRequest): string => {
    const key = createHash('sha256').update(JSON.stringify([engine, request]));
    return join(folder, `${key.digest('hex').slice(0, 40)}.pcm`);
  };
  return {
    find: async (request) => {
      const bytes = await readFile(fileOf(request)).catch(() => undefined);
      // A copy, because a buffer of Node's pool may begin at an odd address.
      return bytes && new Int16Array(new Uint8Array(bytes).buffer);
    },
    keep: async (request, pcm) => {
      const file = fileOf(request);
      const unfinished = `${file}.${randomUUID()}`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(unfinished, new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength));
        await rename(unfinished, file);
      } catch {
        await rm(unfinished, { force: true }).catch(() => undefined);
      }
    },
  };
}
