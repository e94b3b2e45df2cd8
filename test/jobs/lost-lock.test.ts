/** A worker whose lock on a key may have been another's while it slept: it notices before each call that costs money. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { interrupted } from '../../src/errors.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import { ratePerMillion } from '../../src/plan/price.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { listIntents } from '../../src/store/ledger.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import { enrollStep, type JobFixture, KEY, MODEL, openJobFixture, recording } from './job-fixture.ts';

const RATE = ratePerMillion({ perMillionInput: 0.8, perMillionOutput: 2.7 });
const ATTEMPT = { signal: new AbortController().signal, attempt: 1 };

let fixture: JobFixture;
let context: JobContext;
beforeEach(async () => {
  fixture = await openJobFixture();
  const { httpBaseUrl } = fixture.simulator;
  context = { ...fixture.context, recogniser: createServiceRecogniser({ httpBaseUrl, apiKey: KEY }) };
});
afterEach(() => fixture.close());

async function step(): Promise<SynthesizeStep> {
  await context.budgets.open('budget', null);
  const rate = { kind: 'characters', perCharacterNanos: 100_000 } as const;
  const hearing = { words: 'all', model: 'qwen-audio-3.1-asr-flash', rate: RATE } as const;
  return {
    ...({ kind: 'synthesize', key: 'take', book: 'Fog', chapter: 1, ordinal: 1, character: 'mara' } as const),
    voice: { enrollment: await enrollStep(fixture, await recording()) },
    ...{ model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: 'The boat came out of the fog.' },
    purse: { id: 'budget', rate, enrolmentNanos: 1_000, hearing },
  };
}

/** A worker whose lock of keys like `prefix` is lost when it is confirmed for the `nth` time. */
function sleeper(prefix: string, nth = 1): JobContext {
  let asked = 0;
  const confirm = async (): Promise<void> => {
    asked += 1;
    if (asked >= nth) throw interrupted('paying');
  };
  const { singleFlight } = context;
  return {
    ...context,
    singleFlight: {
      run: (key, work, signal) =>
        singleFlight.run(key, (flight) => work(key.startsWith(prefix) ? { confirm } : flight), signal),
    },
  };
}

const counts = () => {
  const { enroll, hearing } = fixture.simulator.metrics();
  return { voices: enroll.calls, texts: fixture.simulator.spokenTexts().size, hearings: hearing.calls };
};
const spent = async () => {
  const { calls } = await readSpending(context.store);
  const balance = await context.budgets.balance('budget');
  return { reasons: calls.map(({ reason }) => reason), ...balance };
};

it.each([
  ['before its note: there is none', 1, 0],
  ['after its note, which stays, because it may be the other one’s', 3, 1],
])('clones no voice, and is charged nothing; it noticed %s', async (_, nth, notes) => {
  await expect(synthesize(await step(), ATTEMPT, sleeper('voice-', nth))).rejects.toMatchObject({
    code: 'interrupted',
  });
  expect(counts()).toEqual({ voices: 0, texts: 0, hearings: 0 });
  expect(await spent()).toMatchObject({ reasons: [], spentNanos: 0, reservedNanos: 0 });
  expect(await listIntents(context.store, context.account)).toHaveLength(notes);
  expect(await synthesize(await step(), ATTEMPT, context)).toMatchObject({ calls: { enroll: 1, synthesize: 1 } });
});

it.each([1, 2, 3])('sends no text, and is charged nothing, whichever confirmation fails: %i', async (nth) => {
  await expect(synthesize(await step(), ATTEMPT, sleeper('take-', nth))).rejects.toMatchObject({ code: 'interrupted' });
  expect(counts()).toEqual({ voices: 1, texts: 0, hearings: 0 });
  expect(await spent()).toMatchObject({ reasons: ['voice'], spentNanos: 1_000, reservedNanos: 0 });
});

it.each([4, 5, 6])(
  'has no take heard; whoever has the key by now hears it, and nothing is spoken again: %i',
  async (nth) => {
    await expect(synthesize(await step(), ATTEMPT, sleeper('take-', nth))).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(counts()).toEqual({ voices: 1, texts: 1, hearings: 0 });
    expect((await spent()).reasons).toEqual(['voice', 'first']);
    expect(await synthesize(await step(), ATTEMPT, context)).toMatchObject({ calls: { synthesize: 0 } });
    expect(counts()).toEqual({ voices: 1, texts: 1, hearings: 1 });
  },
);
