import { copyFile, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { CLONE_WAIT_MS, createCloneWatch, stillCloning } from '../../jobs/clone-watch.ts';
import type { EnrollContext } from '../../jobs/context.ts';
import { enroll } from '../../jobs/enroll.ts';
import { wavHeader } from '../../src/audio/pcm.ts';
import { PipelineError } from '../../src/errors.ts';
import type { EnrollStep } from '../../src/plan/step.ts';
import type { CreateVoiceRequest, EnrolmentClient, FoundVoice } from '../../src/speech/engine.ts';
import { listVoices, putIntent, putVoice, recordVoiceUse } from '../../src/store/ledger.ts';
import { bytesOf, join, silence, voice } from '../audio/signals.ts';
import { enrollStep, type JobFixture, openJobFixture, recording } from './job-fixture.ts';

let fixture: JobFixture;
afterEach(() => fixture.close());

const attempt = { signal: new AbortController().signal, attempt: 1 };

const wav = (samples: Int16Array, { channels = 1, sampleRateHz = 24_000 } = {}) =>
  Buffer.concat([wavHeader({ sampleRateHz, channels, dataBytes: samples.byteLength }), bytesOf(samples)]);

describe('a sample that the service would refuse', () => {
  test('is repaired, and the result and the ledger say how', async () => {
    fixture = await openJobFixture();
    const mono = voice(12);
    // The simulator refuses it as it is.
    const refused = fixture.context.enrolment.create({
      model: 'qwen-tts-vc-realtime-2025-08-20',
      preferredName: 'x',
      audio: { bytes: stereoOf(mono), mediaType: 'audio/wav' },
    });
    await expect(refused).rejects.toMatchObject({ code: 'sample-refused' });
    const step = await enrollStep(fixture, stereoOf(mono));
    const result = await enroll(step, attempt, fixture.context);
    expect(result).toMatchObject({
      outcome: 'made',
      notes: ['The sample of mara was repaired before it was sent: mixed down from 2 channels.'],
    });
    expect(await listVoices(fixture.context.store, 'test')).toMatchObject([
      { sampleChanges: ['mixed down from 2 channels'], sample: { digest: step.sample.digest } },
    ]);
    // The second time there is nothing to say.
    expect((await enroll(step, attempt, fixture.context)).notes).toBeUndefined();
  });

  test('is cut when it is too long, and its transcript stays behind', async () => {
    fixture = await openJobFixture();
    const long = wav(join(...Array.from({ length: 5 }, () => join(voice(14), silence(1)))));
    // Said in 75 s, so for the part that is sent it is plainly too long: the simulator would refuse it.
    const step = await enrollStep(fixture, long, { transcript: 'word '.repeat(250) });
    const { outcome, notes } = await enroll(step, attempt, fixture.context);
    expect(outcome).toBe('made');
    expect(notes?.[0]).toMatch(/sent: cut to its best \d\d s .*, sent without its transcript\.$/);
  });

  test('and cannot be repaired costs no call', async () => {
    fixture = await openJobFixture();
    const step = await enrollStep(fixture, wav(voice(2)));
    await expect(enroll(step, attempt, fixture.context)).rejects.toMatchObject({
      code: 'sample-refused',
      message: expect.stringContaining('nothing was sent'),
    });
    expect(fixture.simulator.metrics().enroll.calls).toBe(0);
  });
});

test('two workers with one sample make one voice', async () => {
  fixture = await openJobFixture();
  const step = await enrollStep(fixture, await recording());
  const workers = [fixture.context, fixture.another('there')];
  const results = await Promise.all(workers.map((context) => enroll(step, attempt, context)));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(['made', 'reused']);
  expect(fixture.simulator.metrics()).toMatchObject({ voices: 1, enroll: { calls: 1 } });
});

test('a voice whose answer was lost is found by listing and adopted', async () => {
  fixture = await openJobFixture({ faults: [{ kind: 'lost-answer', nth: 1 }] });
  const step = await enrollStep(fixture, await recording());
  await expect(enroll(step, attempt, fixture.context)).rejects.toMatchObject({ code: 'service-unreachable' });
  expect(await enroll(step, attempt, fixture.context)).toMatchObject({
    outcome: 'adopted',
    calls: { enroll: 0, list: 1 },
  });
  expect(fixture.simulator.metrics().voices).toBe(1);
});

describe('a voice that may still be cloned', () => {
  /** Runs the step as the queue does: a postponed one again, after at most 50 ms here. */
  async function enrollInQueue(step: EnrollStep, context: EnrollContext) {
    const waits: PipelineError[] = [];
    for (;;) {
      try {
        return { result: await enroll(step, attempt, context), waits };
      } catch (error) {
        if (!(error instanceof PipelineError) || error.code !== 'voice-pending') throw error;
        waits.push(error);
        await sleep(50);
      }
    }
  }

  test('by the service after its caller went away is waited for, and not paid for twice', async () => {
    fixture = await openJobFixture({ speed: { cloneMs: 1_500 } }, { cloneWaitMs: 20_000 });
    const step = await enrollStep(fixture, await recording());
    const killed = new AbortController();
    const first = enroll(step, { ...attempt, signal: killed.signal }, fixture.context);
    first.catch(() => undefined);
    await expect.poll(() => fixture.simulator.metrics().enroll.calls, { timeout: 10_000 }).toBe(1);
    await sleep(100);
    killed.abort();
    await expect(first).rejects.toMatchObject({ code: 'interrupted' });
    // Another process: it knows nothing of when the voice was asked for.
    const { result, waits } = await enrollInQueue(step, fixture.another('next'));
    expect(result).toMatchObject({ outcome: 'adopted', calls: { enroll: 0 } });
    expect(waits[0]).toMatchObject({ retry: { afterMs: expect.any(Number) } });
    expect(waits[0]?.message).toMatch(/^Waiting for a voice that may still be cloned: .* voice of mara /);
    expect(fixture.simulator.metrics().voices).toBe(1);
  });

  test('and was not is made again, not before a clone would have ended', async () => {
    fixture = await openJobFixture({ faults: [{ kind: 'http-5xx', nth: 1 }] }, { cloneWaitMs: 400 });
    const step = await enrollStep(fixture, await recording());
    const startMs = performance.now();
    await expect(enroll(step, attempt, fixture.context)).rejects.toMatchObject({ code: 'service-failed' });
    const { result } = await enrollInQueue(step, fixture.context);
    expect(result).toMatchObject({ outcome: 'made', calls: { enroll: 1 } });
    expect(performance.now() - startMs).toBeGreaterThan(400);
  });

  test('is not waited for when no request left this machine, and after a plain refusal', async () => {
    fixture = await openJobFixture({}, { cloneWaitMs: 60_000 });
    const step = await enrollStep(fixture, await recording());
    const unreached = { code: 'ECONNREFUSED' };
    const failing = (failure: PipelineError) => ({
      ...fixture.context,
      enrolment: { ...fixture.context.enrolment, create: () => Promise.reject(failure) },
    });
    const gone = { code: 'service-unreachable', message: 'gone', retry: 'backoff', cause: unreached } as const;
    await expect(enroll(step, attempt, failing(new PipelineError(gone)))).rejects.toThrow('gone');
    const refused = { code: 'sample-refused', message: 'no', retry: 'never' } as const;
    await expect(enroll(step, attempt, failing(new PipelineError(refused)))).rejects.toThrow('no');
    expect(await enroll(step, attempt, fixture.context)).toMatchObject({ outcome: 'made' });
  });

  test('is waited for a minute, by the clock of this process, from when it saw the intent', () => {
    expect(CLONE_WAIT_MS).toBe(60_000);
    const watch = createCloneWatch();
    watch.seen(['a']);
    expect(watch.restMs('a')).toBeGreaterThan(59_000);
    expect(watch.restMs('b')).toBe(0);
    // Settled by another process, and asked for again.
    watch.seen([]);
    expect(watch.restMs('a')).toBe(0);
    const pauses = [60_000, 58_000, 55_000, 50_000, 42_000, 1_000].map((restMs) => stillCloning(['a'], restMs).retry);
    expect(pauses).toEqual([2_000, 3_000, 5_000, 8_000, 8_000, 1_000].map((afterMs) => ({ afterMs })));
  });
});

describe('a full account', () => {
  async function full(freeVoicesAfterDays?: number) {
    fixture = await openJobFixture({ limits: { voices: 2 } });
    const context = { ...fixture.context, freeVoicesAfterDays };
    for (const n of [1, 2]) await enroll(await enrollStep(fixture, await recording(n)), attempt, context);
    const [one, two] = await listVoices(context.store, 'test');
    // The first is in use; the second has not been since it was enrolled, long ago.
    await recordVoiceUse(context.store, one!.voiceId, 'test');
    await putVoice(context.store, { ...two!, enrolledAt: '2025-01-01T00:00:00.000Z', characters: ['ghost'] });
    return { context, one: one!, two: two!, step: await enrollStep(fixture, await recording(3)) };
  }

  test('names the voices that are unused longest and deletes none', async () => {
    const { context, one, two, step } = await full();
    const error: Error = await enroll(step, attempt, context).then(
      () => expect.fail('should have been refused'),
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'voice-quota-full', retry: 'never' });
    expect(error.message).toContain(`${two.voiceId} (ghost, 2025-01-01); ${one.voiceId}`);
    expect(error.message).toContain('pipeline voices prune');
    expect(fixture.simulator.metrics().voices).toBe(2);
  });

  test('frees the one that is unused longest when a setting says so', async () => {
    const { context, one, two, step } = await full(90);
    expect(await enroll(step, attempt, context)).toMatchObject({ outcome: 'made', calls: { enroll: 2 } });
    const left = (await listVoices(context.store, 'test')).map(({ voiceId }) => voiceId);
    expect(left).toContain(one.voiceId);
    expect(left).not.toContain(two.voiceId);
    expect(fixture.simulator.metrics().voices).toBe(2);
  });

  test('deletes nothing that is not unused for long enough', async () => {
    const { context, step } = await full(10_000);
    await expect(enroll(step, attempt, context)).rejects.toMatchObject({ code: 'voice-quota-full' });
    expect(fixture.simulator.metrics().voices).toBe(2);
  });

  test('goes on when the voice to be freed is gone already', async () => {
    const { context, two, step } = await full(90);
    await context.enrolment.delete(two.voiceId);
    const other = await enrollStep(fixture, await recording(4));
    expect(await enroll(other, attempt, context)).toMatchObject({ outcome: 'made' });
    // Full again. The oldest of the ledger is not there any more, which makes no room; nothing else is old enough.
    await expect(enroll(step, attempt, context)).rejects.toMatchObject({ code: 'voice-quota-full' });
    expect((await listVoices(context.store, 'test')).map(({ voiceId }) => voiceId)).not.toContain(two.voiceId);
    expect(fixture.simulator.metrics().voices).toBe(2);
  });
});

function stereoOf(mono: Int16Array): Buffer {
  const both = new Int16Array(mono.length * 2);
  for (const [index, sample] of mono.entries()) both.fill(sample, index * 2, index * 2 + 2);
  return wav(both, { channels: 2 });
}

describe('a damaged record of a voice', () => {
  const HOW: Record<string, (path: string, other: string) => Promise<void>> = {
    'cut off': (path) => truncate(path, 40),
    emptied: (path) => truncate(path, 0),
    'flipped in one bit': async (path) => {
      const bytes = await readFile(path);
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(path, bytes);
    },
    'a foreign file': (path) => writeFile(path, 'Dear diary'),
    'zeros of the same length': async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length)),
    'the record of another voice': (path, other) => copyFile(other, path),
  };
  const pathOf = (kind: string, { key }: { key: string }): string =>
    path.join(fixture.context.store.location, 'records', kind, key.slice(0, 2), `${key}.test.json`);

  test.each(Object.keys(HOW))('%s: the service is asked what it has, and nothing is cloned again', async (how) => {
    fixture = await openJobFixture();
    const [step, other] = [
      await enrollStep(fixture, await recording(1)),
      await enrollStep(fixture, await recording(2)),
    ];
    await enroll(step, attempt, fixture.context);
    await enroll(other, attempt, fixture.context);
    const [before] = await listVoices(fixture.context.store, 'test').then((all) =>
      all.filter(({ key }) => key === step.key),
    );
    await HOW[how]!(pathOf('voice', step), pathOf('voice', other));
    const result = await enroll(step, attempt, fixture.context);
    expect(result).toMatchObject({ outcome: 'adopted', calls: { enroll: 0, list: 1 } });
    const now = await listVoices(fixture.context.store, 'test');
    expect(now.find(({ key }) => key === step.key)?.voiceId).toBe(before?.voiceId);
    expect(fixture.simulator.metrics().voices).toBe(2);
  });

  test.each(Object.keys(HOW).slice(0, 5))(
    'of the intent that a dead worker left, %s: the service is asked what it has',
    async (how) => {
      fixture = await openJobFixture();
      const step = await enrollStep(fixture, await recording(1));
      await enroll(step, attempt, fixture.context);
      // As if the worker had died between the service's answer and its own record.
      await fixture.context.store.deleteRecord('voice', `${step.key}.test`);
      await putIntent(fixture.context.store, step.key, 'test');
      await HOW[how]!(pathOf('voice-intent', step), '');
      expect(await enroll(step, attempt, fixture.context)).toMatchObject({ outcome: 'adopted', calls: { enroll: 0 } });
    },
  );
});

describe('the successor family', () => {
  const model = 'qwen-audio-3.0-tts-flash';
  /** A context whose service has this voice already, or makes one. */
  const serviceWith = (found?: FoundVoice) => {
    const requests: CreateVoiceRequest[] = [];
    const enrolment: EnrolmentClient = {
      ...fixture.context.enrolment,
      async create(request) {
        requests.push(request);
        return { voiceId: 'made', simulated: true };
      },
      findByName: async () => found,
    };
    return { requests, context: { ...fixture.context, enrolment } };
  };

  test('gets the length of the sample and no transcript', async () => {
    fixture = await openJobFixture();
    const { requests, context } = serviceWith();
    const step = await enrollStep(fixture, wav(voice(12)), { model, transcript: 'Some words.' });
    expect(await enroll(step, attempt, context)).toMatchObject({ outcome: 'made', notes: [] });
    expect(requests).toMatchObject([{ model, transcript: undefined, sampleSeconds: expect.closeTo(12, 1) }]);
  });

  test('may have a voice twice: the step says which one is not used', async () => {
    fixture = await openJobFixture();
    const found = { voiceId: 'old', model, createdAt: '', simulated: true, others: ['young'] };
    const { context } = serviceWith(found);
    const step = await enrollStep(fixture, wav(voice(12)), { model });
    await putIntent(context.store, step.key, context.account);
    expect(await enroll(step, attempt, context)).toMatchObject({
      outcome: 'adopted',
      notes: ['The service has further voices of the sample of mara, which are not used: young.'],
    });
  });
});
