/** Words by an installed espeak-ng program, where its npm package is not there. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FOR_WORDS, TONES_ONLY } from '../../src/composition/service.ts';
import { findEspeakProgram } from '../../src/simulator/espeak-program.ts';
import { openVoiceEngine } from '../../src/simulator/open-voice-engine.ts';
import type { VoiceEngine } from '../../src/simulator/voice-engine.ts';

const pathEnv = process.env['PATH'] ?? '';
const findPackage = () => undefined;
const program = findEspeakProgram(pathEnv);
if (program === undefined) console.warn('skipped: espeak-ng is not on PATH.');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espeak-program-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function spoken(engine: VoiceEngine, text: string, pitchHz = 120, languageType = 'English'): Promise<Int16Array> {
  const chunks: number[] = [];
  const traits = { pitchHz, formantPercent: 100, pace: 1, tilt: 0 } as never;
  const how = { sampleRateHz: 22_050, chunkSamples: 4_000, speechRate: 1, pitchRate: 1, volume: 50 };
  const utterance = { text, traits, languageType, ...how };
  for await (const chunk of engine.speak(utterance, new AbortController().signal)) chunks.push(...chunk);
  return Int16Array.from(chunks);
}

const isAnyVoiced = (sound: Int16Array): boolean => sound.some((sample) => Math.abs(sample) > 3_000);

describe.skipIf(program === undefined)('the program espeak-ng', () => {
  test('speaks the same words twice alike, and another voice, text or language otherwise', async () => {
    const engine = openVoiceEngine('auto', { pathEnv, findPackage });
    expect(engine.name).toBe('speech');
    const first = await spoken(engine, 'Out of the fog. [[It]] came -v slowly.');
    expect(isAnyVoiced(first)).toBe(true);
    expect(first.length).toBeGreaterThan(22_050);
    expect(await spoken(engine, 'Out of the fog. [[It]] came -v slowly.')).toEqual(first);
    expect(await spoken(engine, 'Out of the fog. [[It]] came -v slowly.', 220)).not.toEqual(first);
    expect(isAnyVoiced(await spoken(engine, '雾散了。', 120, 'Chinese'))).toBe(true);
    // Without a word there is silence, as with the package.
    expect((await spoken(engine, '…')).length).toBeGreaterThanOrEqual(6_600);
    const ours = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('narration-espeak-'));
    const before = await ours();
    await engine.close();
    expect((await ours()).length).toBe(before.length - 1);
  });
});

test('no program, or one that is no espeak-ng, leaves tones, and one line says how to get words', async () => {
  const engine = openVoiceEngine('auto', { pathEnv: folder, findPackage });
  expect(engine.name).toBe('tones');
  const other = join(folder, 'espeak-ng');
  await writeFile(other, '#!/bin/sh\necho something else\n');
  await chmod(other, 0o755);
  expect(findEspeakProgram(folder)).toBeUndefined();
  await writeFile(other, '#!/nowhere\n');
  expect(findEspeakProgram(`${folder}::/nowhere`)).toBeUndefined();
  expect(() => openVoiceEngine('speech', { pathEnv: folder, findPackage })).toThrow('no espeak-ng is installed');
  expect(TONES_ONLY.split('\n')).toHaveLength(1);
  expect(TONES_ONLY).toContain(FOR_WORDS);
});
