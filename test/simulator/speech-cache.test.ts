/** The simulator's cache of spoken sound: the same samples, without the work. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVoiceEngine } from '../../src/simulator/open-voice-engine.ts';
import { openSpeechCache } from '../../src/simulator/speech-cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pipeline-speech-cache-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function spoken(cacheDir: string | undefined, text: string): Promise<Int16Array> {
  const engine = openVoiceEngine('speech', { cacheDir });
  const chunks: number[] = [];
  const traits = { pitchHz: 120, formantPercent: 100, pace: 1, tilt: 0 } as never;
  const utterance = { text, traits, languageType: 'English', sampleRateHz: 24_000, chunkSamples: 2400 };
  for await (const chunk of engine.speak(
    { ...utterance, speechRate: 1, pitchRate: 1, volume: 50 },
    new AbortController().signal,
  )) {
    chunks.push(...chunk);
  }
  await engine.close();
  return Int16Array.from(chunks);
}

test('another process speaks the same samples from the folder, and another text anew', async () => {
  const without = await spoken(undefined, 'Out of the fog.');
  expect(await spoken(folder, 'Out of the fog.')).toEqual(without);
  const files = await readdir(folder);
  expect(files).toHaveLength(1);
  expect(await spoken(folder, 'Out of the fog.')).toEqual(without);
  // What is in the file is what is spoken: the engine was not asked again.
  await writeFile(join(folder, files[0] ?? ''), new Uint8Array(new Int16Array(22_050).fill(1000).buffer));
  expect(await spoken(folder, 'Out of the fog.')).toHaveLength(24_000);
  expect(await spoken(folder, 'Into the fog.')).not.toHaveLength(24_000);
});

test('a folder that cannot be written changes nothing', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  const cache = openSpeechCache(file, '1');
  const request = { voice: 'en', variantName: 'a', variant: 'b', wordsPerMinute: 165, text: 'Fog.' };
  await cache.keep(request, new Int16Array(10));
  expect(await cache.find(request)).toBeUndefined();
});
