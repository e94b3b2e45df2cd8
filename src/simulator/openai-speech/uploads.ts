/** The voices that were uploaded, in memory and optionally on disk, so that they survive a restart. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../../errors.ts';
import type { UploadedVoice } from '../../speech/openai-speech/protocol.ts';
import type { VoiceTraits } from '../voice-traits.ts';

/** An uploaded voice and how it sounds. */
export interface Upload extends UploadedVoice {
  traits: VoiceTraits;
  /** Length of the sample; absent when it was not decoded. */
  seconds?: number;
}

/** The uploads; changes are on disk when their promise resolves. */
export interface Uploads {
  size(): number;
  /** By name, in any case. */
  find(name: string): Upload | undefined;
  list(): Upload[];
  /** Adds a voice, or replaces the one of that name. */
  put(upload: Upload): Promise<void>;
  /** False when there was no such voice. */
  remove(name: string): Promise<boolean>;
  clear(): Promise<void>;
}

/** Opens the uploads. Rejects with `store-damaged` when the folder has a file that cannot be read. */
export async function openUploads(stateDir: string | undefined): Promise<Uploads> {
  const voices = new Map(
    (stateDir === undefined ? [] : await load(stateDir)).map((one) => [one.name.toLowerCase(), one]),
  );
  let lastWrite: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (stateDir === undefined) return Promise.resolve();
    const text = JSON.stringify({ voices: [...voices.values()] });
    lastWrite = lastWrite.catch(() => undefined).then(() => write(stateDir, text));
    return lastWrite;
  };
  return {
    size: () => voices.size,
    find: (name) => voices.get(name.toLowerCase()),
    list: () => [...voices.values()],
    put(upload) {
      voices.set(upload.name.toLowerCase(), upload);
      return save();
    },
    async remove(name) {
      const was = voices.delete(name.toLowerCase());
      if (was) await save();
      return was;
    },
    async clear() {
      if (voices.size === 0) return;
      voices.clear();
      await save();
    },
  };
}

function stateFile(stateDir: string): string {
  return join(stateDir, 'uploaded-voices.json');
}

async function load(stateDir: string): Promise<Upload[]> {
  const file = stateFile(stateDir);
  try {
    const state = JSON.parse(await readFile(file, 'utf8')) as { voices: Upload[] };
    if (state.voices.every(({ name, traits }) => typeof name === 'string' && typeof traits.pitchHz === 'number')) {
      return state.voices;
    }
    throw new SyntaxError('not a list of voices');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw new PipelineError({
      code: 'store-damaged',
      message: `The simulator cannot read its voices in ${file}. Delete the file to start without voices.`,
      retry: 'never',
      cause,
    });
  }
}

async function write(stateDir: string, text: string): Promise<void> {
  const file = stateFile(stateDir);
  await mkdir(stateDir, { recursive: true });
  await writeFile(`${file}.tmp`, text, { flush: true });
  await rename(`${file}.tmp`, file);
}
