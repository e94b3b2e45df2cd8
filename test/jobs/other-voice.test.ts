/** Takes that another voice speaks: found by the other takes of the voice, which the store shares between machines. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { type Ears, openEars } from '../../src/audio/listening/ears.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { createCast } from '../../src/qc/cast.ts';
import { openVoiceHabits } from '../../src/store/voice-habits.ts';
import { enrollStep, type JobFixture, MODEL, openJobFixture, recording } from './job-fixture.ts';

const TEXT = 'The boat came out of the fog a little before noon, and nobody on the quay saw it at first.';
const attempt = { signal: new AbortController().signal, attempt: 1 };

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

/** A worker of its own, with the habits that the store has. */
function worker(name: string): JobContext {
  const context = fixture.another(name);
  return { ...context, ears, cast: createCast(), habits: openVoiceHabits(context.store) };
}

async function step(n: number): Promise<SynthesizeStep> {
  const enrollment = await enrollStep(fixture, await recording());
  const key = `${n.toString(16).padStart(8, '0')}${'ab'.repeat(28)}`;
  const where = { kind: 'synthesize', key, book: 'Book', chapter: 1, ordinal: n, character: 'mara' } as const;
  return { ...where, voice: { enrollment }, model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: TEXT };
}

describe('a take by another voice', () => {
  it('is spoken again once eight takes are known, also by another worker', async () => {
    const first = worker('first');
    for (let n = 0; n < 8; n++) expect(await synthesize(await step(n), attempt, first)).not.toHaveProperty('doubts');
    fixture.simulator.set({ faults: [{ kind: 'wrong-voice', times: 1 }] });
    const result = await synthesize(await step(8), attempt, worker('second'));
    expect(result).toMatchObject({ outcome: 'made', tries: 2 });
    expect(result.doubts).toBeUndefined();
  });

  it('keeps its doubt where each try has it', async () => {
    const context = worker('here');
    for (let n = 0; n < 8; n++) await synthesize(await step(n), attempt, context);
    fixture.simulator.set({ faults: [{ kind: 'wrong-voice' }] });
    const result = await synthesize(await step(8), attempt, context);
    expect(result).toMatchObject({
      tries: 3,
      doubts: [{ check: 'other-voice', wanted: 'the voice of its other takes' }],
    });
  });
});
