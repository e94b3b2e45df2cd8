/** Takes of a voice that nobody knows yet, judged by the recording that it was cloned from. */
import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Attempt } from '../../jobs/context.ts';
import { hearTake } from '../../jobs/hear-take.ts';
import { judgeLate } from '../../jobs/judge-late.ts';
import { soundOf } from '../../jobs/judge-sound.ts';
import { createSampleHabits } from '../../jobs/sample-habits.ts';
import type { HearTask } from '../../jobs/take-try.ts';
import { type Ears, openEars } from '../../src/audio/listening/ears.ts';
import { parseWavHeader } from '../../src/audio/pcm.ts';
import type { MasterStep, SynthesizeStep } from '../../src/plan/step.ts';
import type { TakeRecord } from '../../src/store/takes.ts';
import { stretched } from '../bench/ears/waveforms.ts';
import { enrollStep, type JobFixture, MODEL, NARRATOR, openJobFixture } from './job-fixture.ts';

const WORDS =
  'My name does not matter. I keep the log of the tin lighthouse, and I have read it aloud on many long evenings, ' +
  'when the wind was in the north and there was nobody else awake to hear it.';
const RATE_HZ = 24_000;
const ATTEMPT: Attempt = { signal: new AbortController().signal, attempt: 1 };

let fixture: JobFixture;
let ears: Ears;
beforeEach(async () => {
  fixture = await openJobFixture();
  ears = openEars();
});
afterEach(async () => {
  await ears.close();
  await fixture.close();
});

/** How many takes are open again when a chapter of one take is mastered. */
async function judgedLate(samples: Int16Array): Promise<number> {
  const { context } = fixture;
  const pcm = await context.store.putBlob(Buffer.from(samples.slice().buffer));
  const known = { key: 'late', pcm, text: WORDS, model: MODEL, voiceId: 'nobody', sampleRateHz: RATE_HZ };
  const take = { ...known, simulated: false, voiceNew: { languageType: 'English' } } as unknown as TakeRecord;
  const step = { judgesLate: true } as MasterStep;
  return judgeLate({ step, takes: [take] }, ATTEMPT, { ...context, ears });
}

const samplesOf = () => createSampleHabits({ ...fixture.context, ears });

describe('the sample of a voice', () => {
  it('shows its pace with and without its words, and never fails a take', async () => {
    const samples = samplesOf();
    const bytes = await readFile(NARRATOR);
    const [told, untold, broken] = [
      await enrollStep(fixture, bytes, { transcript: WORDS }),
      await enrollStep(fixture, bytes),
      await enrollStep(fixture, Buffer.from('no sound at all')),
    ];
    const measured = await samples.of({ enrollment: told });
    const guessed = await samples.of({ enrollment: untold });
    expect(measured).toMatchObject({ hasWords: true, isSpelled: true });
    expect(guessed).toMatchObject({ hasWords: false, movement: measured!.movement, swells: measured!.swells });
    expect(Math.abs(Math.log(guessed!.soundingPace / measured!.soundingPace))).toBeLessThan(0.25);
    expect(await samples.of({ enrollment: broken })).toBeUndefined();
    expect(await samples.of({ voiceId: 'made-by-the-author' })).toBeUndefined();
    // Words of another recording are not believed.
    const wrong = await enrollStep(fixture, bytes, { transcript: WORDS.repeat(3) });
    expect(await samples.of({ enrollment: wrong })).toEqual(guessed);
  });

  it('doubts a hurried take and a cut start of a new voice, and yields to a voice that always hurries', async () => {
    const bytes = await readFile(NARRATOR);
    const enrollment = await enrollStep(fixture, bytes, { transcript: WORDS });
    const { dataOffset } = parseWavHeader(bytes) as { dataOffset: number };
    const slow = new Int16Array(bytes.buffer.slice(bytes.byteOffset + dataOffset, bytes.byteOffset + bytes.length - 2));
    const fast = stretched(slow, 1.6, RATE_HZ);
    const { store, account, habits, budgets, spending } = fixture.context;
    const context = { store, account, habits, budgets, spending, ears, samples: samplesOf() };
    const checks = async (samples: Int16Array, n: number, over: Partial<SynthesizeStep> = {}): Promise<string[]> => {
      const pcm = Buffer.from(samples.buffer);
      const key = `${n.toString(16).padStart(8, '0')}${'ab'.repeat(28)}`;
      const where = { kind: 'synthesize', key, book: 'Book', chapter: 1, ordinal: n, character: 'mara' } as const;
      const speech = { model: MODEL, languageType: 'English', sampleRateHz: RATE_HZ, text: WORDS };
      const take = { ...{ key, voiceId: 'v', simulated: false, pcm: await store.putBlob(pcm) }, ...speech };
      const task: HearTask = {
        ...{ context, attempt: ATTEMPT },
        step: { ...where, voice: { enrollment }, ...speech, ...over },
        take: take as unknown as TakeRecord,
      };
      const heard = await hearTake({ ...task, sound: soundOf(pcm, RATE_HZ) });
      return (heard.doubts ?? []).map(({ check }) => check);
    };
    expect(await checks(slow, 1)).toEqual([]);
    // Not as loud as a cut alone has to be: its letters tell.
    expect(await checks(slow.slice(1.6 * RATE_HZ), 2)).toEqual(['start-cut']);
    const hurried = await checks(fast, 2);
    expect(hurried).toContain('too-fast');
    // The pace of a directed take, and of a voice that the author made, is anybody's.
    expect(await checks(fast, 2, { direction: 'In a hurry.' })).not.toContain('too-fast');
    expect(await checks(fast, 2, { voice: { voiceId: 'v' } })).not.toContain('too-fast');
    // What its sample has acquitted is not doubted without it before the chapter, as long as nothing more is known.
    expect(await judgedLate(slow.subarray(0, slow.length >> 1))).toBe(0);
    for (let n = 3; n < 11; n++) expect(await checks(fast, n, { languageType: 'Auto' })).toEqual(hurried);
    expect(await checks(fast, 11, { languageType: 'Auto' })).toEqual([]);
  });
});
