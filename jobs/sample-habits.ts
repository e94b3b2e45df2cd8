/** How the samples of voices are spoken, which is known before the first take of a voice is. */
import { decodeToPcm } from '../src/audio/ffmpeg/decode.ts';
import type { Ffmpeg } from '../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { Ears } from '../src/audio/listening/ears.ts';
import { createNarrowBand } from '../src/audio/listening/narrow-band.ts';
import type { EnrollStep, VoiceRef } from '../src/plan/step.ts';
import { sampleHabitOf } from '../src/qc/sample-habit.ts';
import type { SampleHabit } from '../src/qc/take-context.ts';
import type { Store } from '../src/store/store.ts';

/** The samples of voices, as far as this process has heard them. */
export interface SampleHabits {
  /**
   * What the sample of a voice shows; undefined for a voice without one, and for a sample that says too little or cannot be
   * read. Never rejects. The first call for a voice takes a second.
   */
  of(voice: VoiceRef): Promise<SampleHabit | undefined>;
}

/** Most samples kept in memory, each some hundred bytes. */
const MOST_KEPT = 1_000;
/** More of a sample is not heard; its words are then not those of what is. */
const MOST_SECONDS = 60;
/** As takes arrive. */
const RATE_HZ = 24_000;
const BYTES_PER_SECOND = 2 * RATE_HZ;

/** Hears each sample once in a process, when it is first asked for. */
export function createSampleHabits(of: { store: Store; ffmpeg: Ffmpeg; ears: Ears }): SampleHabits {
  const kept = new Map<string, Promise<SampleHabit | undefined>>();
  return {
    async of(voice) {
      if (!('enrollment' in voice)) return undefined;
      const { key } = voice.enrollment;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const [oldest] = kept.keys();
      if (oldest !== undefined && kept.size >= MOST_KEPT) kept.delete(oldest);
      // What cannot be read is told by the enrolment; here a take is judged without it, and the next one asks again.
      const heard = hearSample(voice.enrollment, of).catch(() => void kept.delete(key));
      kept.set(key, heard);
      return heard;
    },
  };
}

async function hearSample(
  { characters, sample, transcript }: EnrollStep,
  { store, ffmpeg, ears }: Parameters<typeof createSampleHabits>[0],
): Promise<SampleHabit | undefined> {
  const { pcm } = await decodeToPcm({
    ...{ ffmpeg, input: await store.readBlob(sample.digest), name: `the sample of ${characters.join(', ')}` },
    ...{ channels: 1, sampleRateHz: RATE_HZ, maxSeconds: MOST_SECONDS },
  });
  const narrow = createNarrowBand(RATE_HZ);
  narrow.push(pcm);
  const heard = await ears.listen(narrow.samples());
  const isWhole = pcm.length < MOST_SECONDS * BYTES_PER_SECOND;
  return heard && sampleHabitOf(heard, isWhole ? transcript : undefined);
}
