/**
 * A process that speaks one take, has its words heard, and hangs where the take would be stored: `killed-hearing.test.ts` kills it
 * there. Prints its folder and its step.
 */
import { synthesize } from '../../jobs/synthesize.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import type { Store } from '../../src/store/store.ts';
import { enrollStep, KEY, MODEL, openJobFixture, recording } from './job-fixture.ts';

const fixture = await openJobFixture();
const { httpBaseUrl } = fixture.simulator;
const hearing = { words: 'all', model: 'qwen-audio-3.1-asr-flash' } as const;
const payer = { run: 'run', book: 'Fog', author: 'A', currency: 'CNY', realm: 'local' } as const;
const step: SynthesizeStep = {
  ...({ kind: 'synthesize', key: 'take', book: 'Fog', chapter: 1, ordinal: 1, character: 'mara' } as const),
  voice: { enrollment: await enrollStep(fixture, await recording()) },
  ...{ model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: 'The boat came out of the fog.' },
  purse: { id: 'budget', enrolmentNanos: 0, payer, hearing },
};
const store = new Proxy(fixture.context.store, {
  get(all, name) {
    const addRecord: Store['addRecord'] = async (kind, ...rest) => {
      if (kind !== 'take') return all.addRecord(kind, ...rest);
      process.stdout.write(`${JSON.stringify({ folder: fixture.folder, step })}\n`);
      return new Promise(() => setInterval(() => undefined, 1_000));
    };
    const value: unknown = name === 'addRecord' ? addRecord : Reflect.get(all, name);
    return typeof value === 'function' ? value.bind(all) : value;
  },
});
await fixture.context.budgets.open('budget', null);
const recogniser = createServiceRecogniser({ httpBaseUrl, apiKey: KEY });
const attempt = { signal: new AbortController().signal, attempt: 1 };
await synthesize(step, attempt, { ...fixture.context, store, recogniser });
