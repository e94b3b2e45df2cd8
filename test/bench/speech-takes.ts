/** Spoken takes for the benches of mastering: espeak's voices where they are installed, at levels that differ by ±6 dB. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChapterTake } from '../../src/audio/mastering/chapter-sound.ts';
import { encodeMeasures } from '../../src/audio/measure/measures.ts';
import { createMeter } from '../../src/audio/measure/meter.ts';
import { openVoiceEngine } from '../../src/simulator/open-voice-engine.ts';
import { openDiskStore } from '../../src/store/disk.ts';
import { bytesOf, join as joinSamples, RATE_HZ, silence } from '../audio/signals.ts';

const TEXTS = [
  'The boat came out of the fog a little before noon, and nobody on the pier could say whose it was.',
  'Does it always do that?',
  'He lit the lamp, and the beam went out over the water like a long white oar.',
  'Under the rain, under the singing of the tin, a small bell was ringing, slow and steady, as if somebody were walking home.',
  'Listen! There is somebody out there.',
  'I keep the log of the tin lighthouse, and I have read it aloud on many long evenings, when the wind was in the north.',
];
const PITCHES_HZ = [95, 120, 150, 190, 220];

/** A spoken take of its own file, and what was measured on it. */
export interface BenchTake extends ChapterTake {
  path: string;
  /** Of its sound and of its measures, in the store of the folder. */
  digest: string;
  measuresDigest: string;
  /** Opens its sound in this memory, for chapters that are made at the same time. */
  openWith(room: Uint8Array): AsyncIterable<Uint8Array>;
}

/** Room for a take, reused as a run does. */
export const MOST_TAKE_BYTES = 1 << 20;

/** Takes until they are so long together. Always the same. */
export async function spokenTakes(folder: string, minutes: number): Promise<BenchTake[]> {
  const engine = openVoiceEngine('auto');
  const spoken: { samples: Int16Array; character: string }[] = [];
  try {
    for (const [who, pitchHz] of PITCHES_HZ.entries()) {
      for (const text of TEXTS) {
        const traits = { pitchHz, formantPercent: 90 + 5 * who, pace: 1 };
        const parts: Int16Array[] = [];
        const utterance = { text, traits, languageType: 'English', sampleRateHz: RATE_HZ, chunkSamples: 4800 };
        const speaking = engine.speak(
          { ...utterance, speechRate: 1, pitchRate: 1, volume: 50 },
          new AbortController().signal,
        );
        for await (const part of speaking) parts.push(part.slice());
        spoken.push({ samples: joinSamples(silence(0.2), ...parts, silence(0.3)), character: `voice ${who}` });
      }
    }
  } finally {
    await engine.close();
  }
  const store = await openDiskStore(join(folder, 'store'));
  const takes: BenchTake[] = [];
  const room = new Uint8Array(MOST_TAKE_BYTES);
  for (let seconds = 0, i = 0; seconds < minutes * 60; i++) {
    const { samples, character } = spoken[(i * 7) % spoken.length]!;
    const gain = 10 ** ((((i * 7919) % 121) / 10 - 6) / 20);
    const own = samples.map((x) => Math.max(-32_768, Math.min(32_767, Math.round(x * gain))));
    const path = join(folder, `${i}.pcm`);
    await writeFile(path, bytesOf(own));
    const { digest } = await store.putBlob(bytesOf(own));
    const meter = createMeter(RATE_HZ);
    meter.pushSamples(own);
    const measures = meter.finish();
    // As a run reads it, its digest proven.
    const openWith = async function* (into: Uint8Array) {
      yield await store.readBlob(digest, into);
    };
    takes.push({
      path,
      digest,
      measuresDigest: (await store.putBlob(encodeMeasures(measures))).digest,
      character,
      measures,
      pauseAfterMs: 350,
      open: (into = room) => openWith(into),
      openWith,
    });
    seconds += own.length / RATE_HZ;
  }
  return takes;
}
