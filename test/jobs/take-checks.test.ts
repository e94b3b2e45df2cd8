/** What becomes of takes that are not good: spoken again, kept with a doubt, refused; and of recordings instead of speech. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { synthesize } from '../../jobs/synthesize.ts';
import { integratedLoudness } from '../../src/audio/measure/loudness.ts';
import { decodeMeasures } from '../../src/audio/measure/measures.ts';
import { samplesOf } from '../../src/audio/pcm.ts';
import { PipelineError } from '../../src/errors.ts';
import { pickupKey } from '../../src/plan/keys.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import type { FaultRule } from '../../src/simulator/faults.ts';
import { dropRefusal, findRefusal } from '../../src/store/refusals.ts';
import { findCandidate, findTake } from '../../src/store/takes.ts';
import { speechLike, wav } from '../simulator/rig.ts';
import { enrollStep, type JobFixture, MODEL, openJobFixture, recording } from './job-fixture.ts';

const TEXT = 'The boat came out of the fog a little before noon.';
const attempt = (signal = new AbortController().signal, number = 1) => ({ signal, attempt: number });

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(() => fixture.close());

async function step(over: Partial<SynthesizeStep> = {}): Promise<SynthesizeStep> {
  const enrollment = await enrollStep(fixture, await recording());
  const where = {
    kind: 'synthesize',
    key: `take-${over.text ?? ''}`,
    chapter: 1,
    ordinal: 1,
    character: 'mara',
  } as const;
  const sound = { model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: TEXT };
  return { ...where, voice: { enrollment }, ...sound, ...over };
}

const strike = (...faults: FaultRule[]) => fixture.simulator.set({ faults });

describe('a doubtful take', () => {
  it('is spoken again on a fresh session, and the good one is kept', async () => {
    strike({ kind: 'inserted-silence', nth: 1 });
    const result = await synthesize(await step(), attempt(), fixture.context);
    expect(result).toMatchObject({ outcome: 'made', tries: 2, calls: { synthesize: 2 } });
    expect(result.doubts).toBeUndefined();
    const take = await findTake(fixture.context.store, 'take-');
    expect(take).toMatchObject({ tries: 2 });
    expect(result.billedCharacters).toBe(take?.triesBilledCharacters);
    expect(result.billedCharacters).toBe(2 * (take?.billedCharacters ?? 0));
    expect(fixture.context.sessions.stats().opened).toBe(2);
    expect(await findCandidate(fixture.context.store, 'take-')).toBeUndefined();
  });

  it('is spoken three times at most; the least doubtful is kept with what is wrong', async () => {
    strike({ kind: 'inserted-silence', nth: 1 }, { kind: 'noise', nth: 2 }, { kind: 'inserted-silence' });
    const result = await synthesize(await step(), attempt(), fixture.context);
    expect(result).toMatchObject({ tries: 3, calls: { synthesize: 3 } });
    expect(result.doubts?.map(({ check }) => check)).toContain('noise');
    expect(result.doubts?.map(({ check }) => check)).not.toContain('silence-inside');
    const again = await synthesize(await step(), attempt(), fixture.context);
    expect(again).toMatchObject({ outcome: 'reused', billedCharacters: 0, calls: { synthesize: 0 } });
    expect(again.doubts).toEqual(result.doubts);
  });

  it('is spoken once more, and not a third time, when only the count of the service is in doubt', async () => {
    const shortCount = { counted: 30, expected: 51 };
    const { speak } = fixture.context.sessions;
    const sessions: typeof fixture.context.sessions = {
      ...fixture.context.sessions,
      speak: async (request, listener) => ({ ...(await speak(request, listener)), shortCount }),
    };
    const result = await synthesize(await step(), attempt(), { ...fixture.context, sessions });
    expect(result).toMatchObject({ outcome: 'made', tries: 2, calls: { synthesize: 2 } });
    expect(result.doubts).toMatchObject([{ check: 'words-missing', measured: 'the service counted 30' }]);
    expect(await findTake(fixture.context.store, 'take-')).toMatchObject({ doubts: result.doubts });
  });

  it('is noted in the record of a take whose rest came too late', async () => {
    let tell: (() => void) | undefined;
    const { speak } = fixture.context.sessions;
    const sessions: typeof fixture.context.sessions = {
      ...fixture.context.sessions,
      speak: (request, listener) => {
        tell = () => listener.onDoubt?.(undefined);
        return speak(request, listener);
      },
    };
    const result = await synthesize(await step(), attempt(), { ...fixture.context, sessions });
    expect(result.doubts).toBeUndefined();
    tell?.();
    await expect
      .poll(() => findTake(fixture.context.store, 'take-'))
      .toMatchObject({ doubts: [{ check: 'words-missing' }] });
  });

  it('is not paid again after a crash between two tries', async () => {
    strike({ kind: 'inserted-silence', nth: 1 });
    const stop = new AbortController();
    const { speak } = fixture.context.sessions;
    let spoken = 0;
    const sessions: typeof fixture.context.sessions = {
      ...fixture.context.sessions,
      speak: (request, listener) => {
        spoken += 1;
        if (spoken === 2) stop.abort();
        return speak(request, listener);
      },
    };
    await expect(
      synthesize(await step(), attempt(stop.signal), { ...fixture.context, sessions }),
    ).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(await findCandidate(fixture.context.store, 'take-')).toMatchObject({ tries: 1, best: { key: 'take-' } });
    strike({ kind: 'noise', times: 2 });
    const result = await synthesize(await step(), attempt(), fixture.another('elsewhere'));
    // Two more, not three.
    expect(result).toMatchObject({ tries: 3, calls: { synthesize: 2 } });
  });

  it('is kept when another try is hindered for good, as by a budget', async () => {
    strike({ kind: 'inserted-silence' });
    const { speak } = fixture.context.sessions;
    let spoken = 0;
    const sessions: typeof fixture.context.sessions = {
      ...fixture.context.sessions,
      speak: async (request, listener) => {
        spoken += 1;
        if (spoken > 1) throw new PipelineError({ code: 'service-refused', message: 'No more.', retry: 'never' });
        return speak(request, listener);
      },
    };
    const result = await synthesize(await step(), attempt(), { ...fixture.context, sessions });
    expect(result).toMatchObject({ outcome: 'made', doubts: [{ check: 'silence-inside' }], calls: { synthesize: 1 } });
  });

  it('without any sound is never kept: three tries, the queue waits between them, then it fails', async () => {
    fixture.simulator.set({ faults: [] });
    const silent: typeof fixture.context.sessions = {
      ...fixture.context.sessions,
      speak: async (request, listener) =>
        fixture.context.sessions.speak(request, {
          ...listener,
          onAudio: (chunk) => listener.onAudio(Buffer.alloc(chunk.length)),
        }),
    };
    for (const [number, retry] of [
      [1, 'backoff'],
      [2, 'backoff'],
      [3, 'never'],
    ] as const) {
      const spoken = synthesize(await step(), attempt(undefined, number), { ...fixture.context, sessions: silent });
      await expect(spoken).rejects.toMatchObject({
        code: 'take-incomplete',
        retry,
        message: expect.stringContaining('digital silence'),
      });
      expect(fixture.context.sessions.stats().commits).toBe(number);
    }
    expect(await findTake(fixture.context.store, 'take-')).toBeUndefined();
    expect(await synthesize(await step(), attempt(), fixture.context)).toMatchObject({ outcome: 'made' });
  });
});

describe('a response that the service completes without audio', () => {
  it('is tried three times in all, however often the queue comes back', async () => {
    strike({ kind: 'finished-without-audio' });
    const retries = [];
    for (const number of [1, 2, 3]) {
      const error = await synthesize(await step(), attempt(undefined, number), fixture.context).catch(
        (reason) => reason,
      );
      expect(error).toMatchObject({ code: 'take-incomplete', message: expect.stringContaining('sent no audio') });
      retries.push(error.retry);
    }
    expect(retries).toEqual(['backoff', 'backoff', 'never']);
    expect(fixture.context.sessions.stats()).toMatchObject({ commits: 3, opened: 3 });
  });

  it('is paid by the figure that the service gives, and the take tells of it', async () => {
    strike({ kind: 'finished-without-audio', times: 2 });
    const budget = { id: 'run', rate: { kind: 'characters', perCharacterNanos: 10 }, enrolmentNanos: 0 } as const;
    await fixture.context.budgets.open('run', null);
    const model = 'qwen3-tts-vc-realtime-2026-01-15';
    const enrollment = await enrollStep(fixture, await recording(), { model });
    const asked = await step({ voice: { enrollment }, model, purse: budget });
    for (const number of [1, 2]) {
      await expect(synthesize(asked, attempt(undefined, number), fixture.context)).rejects.toThrow('sent no audio');
    }
    const result = await synthesize(asked, attempt(undefined, 3), fixture.context);
    const letters = TEXT.length;
    expect(result).toMatchObject({ tries: 3, billedCharacters: 3 * letters });
    expect(await fixture.context.budgets.balance('run')).toMatchObject({
      spentNanos: 3 * letters * 10,
      characters: 3 * letters,
      unansweredCommits: 0,
    });
  });
});

describe('a refused text', () => {
  it('is asked for once, and again only when the refusal is forgotten', async () => {
    strike({ kind: 'content-refusal' });
    const refused = { code: 'text-refused', retry: 'never', message: expect.stringContaining('[audio: pickups/') };
    await expect(synthesize(await step(), attempt(), fixture.context)).rejects.toMatchObject(refused);
    expect(fixture.context.sessions.stats().commits).toBe(1);
    expect(await findRefusal(fixture.context.store, 'take-')).toMatchObject({ text: TEXT });
    strike();
    await expect(synthesize(await step(), attempt(), fixture.context)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('--retry-refused'),
    });
    expect(fixture.context.sessions.stats().commits).toBe(1);
    await dropRefusal(fixture.context.store, 'take-');
    expect(await synthesize(await step(), attempt(), fixture.context)).toMatchObject({ outcome: 'made' });
  });
});

describe('a recording instead of speech', () => {
  it('becomes a take at the book’s rate without a call', async () => {
    const rateHz = 44_100;
    const bytes = wav(speechLike({ seconds: 3, rateHz, level: 0.02 }), { rateHz });
    const { digest, byteLength } = await fixture.context.store.putBlob(bytes);
    const key = pickupKey({ recordingDigest: digest, sampleRateHz: 24_000 });
    const pickup = { digest, byteLength, mediaType: 'audio/wav' };
    const result = await synthesize(await step({ key, pickup }), attempt(), fixture.context);
    expect(result).toMatchObject({ outcome: 'made', billedCharacters: 0, simulated: false, calls: { synthesize: 0 } });
    expect(fixture.context.sessions.stats().opened).toBe(0);
    const take = await findTake(fixture.context.store, key);
    expect(take).toMatchObject({ pickup: digest, sampleRateHz: 24_000, text: TEXT });
    expect(take?.pcm.byteLength).toBe(2 * samplesOf(3, 24_000));
    // It came 25 dB too quiet; mastering moves a speaker by 8 dB at most.
    const { loudness } = decodeMeasures(await fixture.context.store.readBlob(take?.measures.digest ?? ''));
    expect(integratedLoudness(loudness)).toBeCloseTo(-23, 0);
    expect(await synthesize(await step({ key, pickup }), attempt(), fixture.context)).toMatchObject({
      outcome: 'reused',
    });
  });
});

describe('a worker that was asleep while it waited for a session', () => {
  it('does not speak what was spoken elsewhere in the meantime, and finds it when it returns', async () => {
    const asleep = fixture.another('asleep');
    let wake = (): void => {};
    const awake = new Promise<void>((done) => {
      wake = done;
    });
    const sleeper: typeof asleep = {
      ...asleep,
      // Its lease ran out, so it keeps nobody away.
      singleFlight: { run: (_, work) => work({ confirm: async () => undefined }) },
      sessions: {
        ...asleep.sessions,
        speak: async (...of) => {
          await awake;
          return asleep.sessions.speak(...of);
        },
      },
    };
    const one = await step();
    const late = synthesize(one, attempt(), sleeper);
    late.catch(() => undefined);
    expect(await synthesize(one, attempt(), fixture.context)).toMatchObject({ outcome: 'made' });
    wake();
    await expect(late).rejects.toMatchObject({ code: 'interrupted' });
    expect(await synthesize(one, attempt(), sleeper)).toMatchObject({ outcome: 'reused', calls: { synthesize: 0 } });
    expect([...fixture.simulator.spokenTexts().values()]).toEqual([1]);
  });
});
