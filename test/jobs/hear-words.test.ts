/** The words of takes, heard by the simulator's recogniser: what is paid, what follows, and what a killed worker leaves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { createRetakeLimit } from '../../jobs/retake-limit.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { openEars } from '../../src/audio/listening/ears.ts';
import type { Recogniser } from '../../src/hearing/recogniser.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import { billedUnits } from '../../src/models.ts';
import { ratePerMillion } from '../../src/plan/price.ts';
import type { BudgetRef, SynthesizeStep } from '../../src/plan/step.ts';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { findHearing } from '../../src/store/hearings.ts';
import { storedRetakeCounts } from '../../src/store/retake-counts.ts';
import type { CallRecord } from '../../src/store/spending/paid-call.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import type { Store } from '../../src/store/store.ts';
import { readTakeWords } from '../../src/store/take-words.ts';
import { findCandidate, findTake } from '../../src/store/takes.ts';
import { enrollStep, type JobFixture, KEY, MODEL, openJobFixture, recording } from './job-fixture.ts';

const TEXT = 'The boat came out of the fog, and its lamp was the only light on the whole of the grey water.';
const RATE = ratePerMillion({ perMillionInput: 0.8, perMillionOutput: 2.7 });

let fixture: JobFixture;
let context: JobContext;
beforeEach(async () => {
  fixture = await openJobFixture();
  context = { ...fixture.context, recogniser: recogniser() };
});
afterEach(() => fixture.close());

const recogniser = (): Recogniser =>
  createServiceRecogniser({ httpBaseUrl: fixture.simulator.httpBaseUrl, apiKey: KEY });
const attempt = (signal = new AbortController().signal, number = 1) => ({ signal, attempt: number });
const strike = (...faults: FaultRule[]) => fixture.simulator.set({ faults });
const heardCalls = () => fixture.simulator.metrics().hearing.calls;

async function step(
  words: 'all' | 'suspects' = 'all',
  { budget = null, text = TEXT, ...over }: Partial<SynthesizeStep> & { budget?: number | null } = {},
): Promise<SynthesizeStep> {
  await context.budgets.open('budget', budget);
  const hearing = { words, model: 'qwen-audio-3.1-asr-flash', rate: RATE };
  const payer = { run: 'run', book: 'Fog', author: 'A', currency: 'CNY', realm: 'local' } as const;
  const rate = { kind: 'characters', perCharacterNanos: 100_000 } as const;
  const purse: BudgetRef = { id: 'budget', rate, enrolmentNanos: 0, payer, hearing };
  return {
    ...({ kind: 'synthesize', key: 'take', book: 'Fog', chapter: 1, ordinal: 1, character: 'mara' } as const),
    voice: { enrollment: await enrollStep(fixture, await recording()) },
    ...{ model: MODEL, languageType: 'English', sampleRateHz: 24_000, text, purse },
    ...over,
  };
}

describe('a take whose words are heard', () => {
  it('is good when they are those of its text; the call is paid and recorded apart, and tells when words are heard', async () => {
    const result = await synthesize(await step(), attempt(), context);
    expect(result.doubts).toBeUndefined();
    const take = (await findTake(context.store, 'take'))!;
    expect(take.hearing).toEqual({ model: 'qwen-audio-3.1-asr-flash', verdict: 'ok' });
    const words = await readTakeWords(context.store, take);
    expect(words?.map(({ text }) => text).join(' ')).toBe(TEXT.replace(/[,.]/g, ''));
    expect(words!.at(-1)!.endSeconds).toBeLessThanOrEqual(take.durationSeconds);
    const calls = (await readSpending(context.store)).calls;
    expect(calls.map(({ reason }) => reason)).toEqual(['voice', 'first', 'hearing']);
    const heard = calls[2]!;
    expect(heard).toMatchObject({ book: 'Fog', line: '1', model: 'qwen-audio-3.1-asr-flash', simulated: true });
    expect(heard.nanos).toBe(heard.inputTokens! * 800 + heard.outputTokens! * 2_700);
    const balance = await context.budgets.balance('budget');
    expect(balance).toMatchObject({ spentNanos: calls[1]!.nanos! + heard.nanos!, reservedNanos: 0 });
    expect(await findCandidate(context.store, 'take')).toBeUndefined();
  });

  it('is spoken again when words lack, and says what was missing if nothing helps', async () => {
    strike({ kind: 'truncated-tail', nth: 1 });
    const good = await synthesize(await step(), attempt(), context);
    expect(good).toMatchObject({ tries: 2, changed: 'fresh session' });
    expect(good.doubts).toBeUndefined();
    strike({ kind: 'truncated-tail' });
    const bad = await synthesize(await step('all', { key: 'other' }), attempt(), context);
    const { hearing } = (await findTake(context.store, 'other'))!;
    expect(hearing).toMatchObject({ verdict: 'drift', text: expect.stringMatching(/\w/) });
    expect(bad.doubts).toContainEqual(
      expect.objectContaining({
        check: 'words-left-out',
        measured: expect.stringMatching(/^“.*water.*” is not heard$/),
      }),
    );
  });

  it('is heard only when a free check doubts it, if the book wants suspects', async () => {
    await synthesize(await step('suspects'), attempt(), context);
    expect(heardCalls()).toBe(0);
    strike({ kind: 'inserted-silence', nth: 1 });
    const result = await synthesize(await step('suspects', { key: 'doubted' }), attempt(), context);
    expect(heardCalls()).toBe(1);
    expect(result.tries).toBe(2);
  });

  it('is not failed by words that nobody can have said in it: a log, or a model that loops', async () => {
    const text = 'the boat the boat '.repeat(200);
    const looping: Recogniser = { ...recogniser(), hear: async () => ({ text, simulated: true }) };
    const result = await synthesize(await step(), attempt(), { ...context, recogniser: looping });
    expect(result.doubts).toBeUndefined();
    expect((await findTake(context.store, 'take'))?.hearing?.verdict).toBe('inconclusive');
  });

  it('is not failed by a bare text that is another one: it may be an error, also when it is read from the store', async () => {
    const text = 'Rate limit exceeded, please try again in a minute.';
    const failing: Recogniser = { ...recogniser(), hear: async () => ({ text, isBare: true, simulated: true }) };
    const result = await synthesize(await step(), attempt(), { ...context, recogniser: failing });
    expect(result.doubts).toBeUndefined();
    const take = (await findTake(context.store, 'take'))!;
    expect(take.hearing?.verdict).toBe('inconclusive');
    const asked = { model: failing.model, language: 'en' };
    expect(await findHearing(context.store, take.pcm.digest, asked)).toMatchObject({ text, isBare: true });
  });

  it('loses a doubt about missing words when all of them are heard', async () => {
    const { speak } = context.sessions;
    const sessions: JobContext['sessions'] = {
      ...context.sessions,
      speak: async (...of) => ({ ...(await speak(...of)), shortCount: { counted: 30, expected: 51 } }),
    };
    const result = await synthesize(await step('suspects'), attempt(), { ...context, sessions });
    expect(result.doubts).toBeUndefined();
    expect(result.tries).toBeUndefined();
  });

  it.each([
    ['fails', [{ kind: 'hearing-5xx' }]],
    ['throttles', [{ kind: 'hearing-429', nth: 1 }, { kind: 'hearing-5xx' }]],
    ['hears nothing', [{ kind: 'hears-nothing' }]],
  ] as [string, FaultRule[]][])('is not failed by a recogniser that %s', async (_, faults) => {
    strike(...faults);
    const result = await synthesize(await step(), attempt(), context);
    expect(result).toMatchObject({ outcome: 'made' });
    expect(result.doubts).toBeUndefined();
    expect((await findTake(context.store, 'take'))?.hearing?.verdict).not.toBe('drift');
  });

  it('costs no call when the budget has no room for it, and is kept', async () => {
    const speech = TEXT.length * 100_000;
    const result = await synthesize(await step('all', { budget: speech }), attempt(), context);
    expect(result).toMatchObject({ outcome: 'made' });
    expect(heardCalls()).toBe(0);
  });

  it('is not heard by a recogniser whose price the run does not know, or of a job of an earlier version', async () => {
    const other = { ...recogniser(), model: 'another' };
    await synthesize(await step(), attempt(), { ...context, recogniser: other });
    const { purse: _purse, ...old } = await step('all', { key: 'old' });
    await synthesize(old, attempt(), context);
    expect(heardCalls()).toBe(0);
  });
});

describe('a worker that is killed while a take is heard', () => {
  it('has stored its sound and returned its session: the next one hears it, and speaks nothing', async () => {
    const stop = new AbortController();
    let sessionsBusy = -1;
    const hanging: Recogniser = {
      ...recogniser(),
      hear: async () => {
        sessionsBusy = context.sessions.stats().busy;
        stop.abort();
        throw Object.assign(new Error('killed'), { code: 'interrupted' });
      },
    };
    const work = synthesize(await step(), attempt(stop.signal), { ...context, recogniser: hanging });
    await expect(work).rejects.toThrow('killed');
    expect(sessionsBusy).toBe(0);
    expect(await findCandidate(context.store, 'take')).toMatchObject({ tries: 1, unheard: { key: 'take' } });
    const spoken = (await readSpending(context.store)).calls.filter(({ reason }) => reason === 'first');
    expect(spoken).toHaveLength(1);

    const next = { ...fixture.another('next'), recogniser: recogniser() };
    const result = await synthesize(await step(), attempt(), next);
    expect(result).toMatchObject({ outcome: 'made', calls: { synthesize: 0 }, billedCharacters: 0 });
    expect(result.tries).toBeUndefined();
    expect((await findTake(context.store, 'take'))?.hearing?.verdict).toBe('ok');
    expect(await findCandidate(context.store, 'take')).toBeUndefined();
  });

  it('has kept what was heard: the next one judges that, and pays for no second hearing', async () => {
    const killed = async (): Promise<never> => {
      throw Object.assign(new Error('killed'), { code: 'interrupted' });
    };
    // Everything after the answer of the recogniser is lost: the end of its call, the verdict, the take.
    const { sent, ended } = context.spending;
    const lost = async (call: CallRecord) => (call.reason === 'hearing' ? undefined : ended(call));
    const spending = { sent, ended: lost };
    const store = new Proxy(context.store, {
      get(all, name) {
        const addRecord: Store['addRecord'] = (kind, ...rest) =>
          kind === 'take' ? killed() : all.addRecord(kind, ...rest);
        const value: unknown = name === 'addRecord' ? addRecord : Reflect.get(all, name);
        return typeof value === 'function' ? value.bind(all) : value;
      },
    });
    const dying = { ...context, store, spending };
    await expect(synthesize(await step(), attempt(), dying)).rejects.toThrow('killed');
    expect(heardCalls()).toBe(1);

    const next = { ...fixture.another('next'), recogniser: recogniser() };
    const result = await synthesize(await step(), attempt(), next);
    expect(result).toMatchObject({ outcome: 'made', calls: { synthesize: 0 } });
    expect((await findTake(context.store, 'take'))?.hearing?.verdict).toBe('ok');
    expect(heardCalls()).toBe(1);
  });

  it('finds the same doubts in the stored sound as the worker that spoke it', async () => {
    const ears = openEars();
    // As if people spoke: only their takes are listened to.
    const { speak } = context.sessions;
    const real: JobContext['sessions'] = {
      ...context.sessions,
      speak: async (...of) => ({ ...(await speak(...of)), simulated: false }),
    };
    const asPeople = { ...context, ears, sessions: real };
    strike({ kind: 'repetition' });
    const whole = await synthesize(await step('all', { key: 'whole' }), attempt(), {
      ...asPeople,
      retakes: createRetakeLimit({ least: 0, share: 0 }),
    });
    const failing = { ...asPeople, ears: { ...ears, listen: () => Promise.reject(new Error('killed')) } };
    await expect(synthesize(await step('all', { key: 'cut' }), attempt(), failing)).rejects.toThrow('killed');
    const resumed = await synthesize(await step('all', { key: 'cut' }), attempt(), {
      ...asPeople,
      retakes: createRetakeLimit({ least: 0, share: 0 }),
    });
    expect(resumed.calls.synthesize).toBe(0);
    expect(resumed.doubts?.map(({ check }) => check)).toEqual(whole.doubts?.map(({ check }) => check));
    await ears.close();
  });
});

describe('a last word that goes on to the end of the sound', () => {
  it.each([
    [0.02, ['its last word goes on to its end']],
    [0.2, []],
    // A recogniser that tells milliseconds: its times say nothing about the end, and are none for subtitles.
    [-3_000, []],
  ])('%s s before the end: %j', async (gapSeconds, found) => {
    const ears = openEars();
    const { speak } = context.sessions;
    const loudEnd = [-40, -35, -20, -10] as const;
    // As if a person spoke, whose end is neither silent nor loud.
    const asPeople: JobContext = {
      ...context,
      retakes: createRetakeLimit({ least: 0, share: 0 }),
      sessions: { ...context.sessions, speak: async (...of) => ({ ...(await speak(...of)), simulated: false }) },
      ears: {
        ...ears,
        listen: async (narrow) => {
          const heard = await ears.listen(narrow);
          return heard && { ...heard, endsDb: loudEnd };
        },
      },
      recogniser: {
        ...recogniser(),
        hear: async (sound, options) => {
          const heard = await recogniser().hear(sound, options);
          const endSeconds = sound.pcm.length / 2 / sound.sampleRateHz - gapSeconds;
          return { ...heard, words: heard.words!.map((word) => ({ ...word, endSeconds })) };
        },
      },
    };
    const { doubts = [] } = await synthesize(await step(), attempt(), asPeople);
    expect(doubts.filter(({ check }) => check === 'cut-off').map(({ measured }) => measured)).toEqual(found);
    const { words } = (await findTake(context.store, 'take'))!;
    expect(words !== undefined).toBe(gapSeconds > 0);
    await ears.close();
  });
});

describe('further tries', () => {
  it('change something each: a fresh session, then the text in two parts', async () => {
    strike({ kind: 'truncated-tail', times: 2 });
    const result = await synthesize(await step(), attempt(), context);
    expect(result).toMatchObject({ tries: 3, changed: 'split at a clause', calls: { synthesize: 4 } });
    expect(result.doubts).toBeUndefined();
    expect([...fixture.simulator.spokenTexts().keys()]).toEqual(
      [TEXT, 'The boat came out of the fog, ', 'and its lamp was the only light on the whole of the grey water.'].map(
        (text) => expect.stringContaining(text.trim()),
      ),
    );
    const take = (await findTake(context.store, 'take'))!;
    const { calls } = await readSpending(context.store);
    const speech = calls.filter(({ reason }) => reason !== 'voice' && reason !== 'hearing');
    expect(speech.map(({ reason }) => reason)).toEqual(['first', 're-take', 're-take', 're-take']);
    expect(take.triesBilledCharacters).toBe(3 * billedUnits(TEXT));
    const words = await readTakeWords(context.store, take);
    expect(words?.at(-1)?.text).toBe('water');
  });

  it('take the next seed where the engine has one', async () => {
    strike({ kind: 'inserted-silence', nth: 1 });
    const seeds: (number | undefined)[] = [];
    const { speak } = context.sessions;
    const sessions: JobContext['sessions'] = {
      ...context.sessions,
      speak: ({ seed, ...request }, listener) => {
        seeds.push(seed);
        return speak(request, listener);
      },
    };
    const result = await synthesize(await step('suspects', { seed: 7 }), attempt(), { ...context, sessions });
    expect(result).toMatchObject({ tries: 2, changed: 'next seed' });
    expect(new Set(seeds).size).toBe(2);
  });

  it('end where a book has had too many', async () => {
    strike({ kind: 'inserted-silence' });
    const retakes = createRetakeLimit({ least: 3, share: 0 });
    const tries = [];
    for (const key of ['a', 'b', 'c'])
      tries.push((await synthesize(await step('suspects', { key }), attempt(), { ...context, retakes })).tries);
    expect(tries).toEqual([3, 2, undefined]);
  });

  it('end there for the next process too, and make room for more as more takes are made', async () => {
    const process = (share: number) =>
      createRetakeLimit({ counts: storedRetakeCounts(context.store), least: 3, share });
    const first = process(0);
    expect(await Promise.all([first, first].map((one) => one.allow('Fog')))).toEqual([true, true]);
    const second = process(0);
    expect([await second.allow('Fog'), await second.allow('Fog'), await first.allow('Fog')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(await second.allow('Mist')).toBe(true);
    for (let take = 0; take < 40; take++) second.made('Fog');
    await second.allow('Mist');
    expect(await process(0.1).allow('Fog')).toBe(true);
  });

  it('count the takes that are made', async () => {
    let made = 0;
    const retakes = { allow: async () => true, made: () => void made++ };
    await synthesize(await step('suspects'), attempt(), { ...context, retakes });
    await synthesize(await step('suspects'), attempt(), { ...context, retakes });
    expect(made).toBe(1);
  });
});
