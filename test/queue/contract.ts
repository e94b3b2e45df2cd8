/**
 * What every queue must do, whatever stores its jobs. Run against the embedded queue and against Redis.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { interrupted, PipelineError } from '../../src/errors.ts';
import type { StepResult, SynthesizeStep } from '../../src/plan/step.ts';
import { cancelRun, queueCounts } from '../../src/queue/control.ts';
import type { Failure, RetryNote } from '../../src/queue/failure.ts';
import { type Follower, followRun } from '../../src/queue/follow-jobs.ts';
import { StepsLostError } from '../../src/queue/poll-jobs.ts';
import type { QueueConnection } from '../../src/queue/redis/connection.ts';
import { REPORT_INTERVAL_MS } from '../../src/queue/step-progress.ts';
import { submitChapters, submitVoices } from '../../src/queue/submit.ts';
import { type JobRef, KINDS } from '../../src/queue/topology.ts';
import { type Processors, type StepContext, startWorkers, type Workers } from '../../src/queue/workers.ts';
import { latch, made, master, mostWithin, processors, segment, voice } from './steps.ts';

/** Runs the suite. `open` gives a queue that is empty and that nobody else uses; it is opened once. */
export function queueContract(name: string, open: () => Promise<QueueConnection>): void {
  describe(name, () => {
    let connection: QueueConnection;
    let bench: Bench;
    beforeAll(async () => {
      connection = await open();
    });
    beforeEach(async () => {
      bench = await setUp(connection);
    });
    afterEach(() => bench.tearDown());
    afterAll(() => connection.close());

    test('takes the segments of two books side by side, by their place among what each still needs', async () => {
      const seen: string[] = [];
      const places: number[] = [];
      const submit = (name: string, ordinals: number[], urgent = false) =>
        submitChapters(connection, {
          runId: `${bench.runId}-${name}`,
          chapters: [
            { master: master(name), segments: ordinals.map((ordinal) => segment(`${name}-${ordinal}`, ordinal)) },
          ],
          urgent,
        });
      const refs = [
        ...(await submit('long', [1, 2, 3, 4, 5])),
        // Two lines of the end of a book are spoken again; they do not wait for the long one.
        ...(await submit('short', [901, 902])),
        ...(await submit('urgent', [77, 78], true)),
      ];
      const synthesize = async (step: SynthesizeStep, { priority: place }: StepContext) =>
        made(step, () => {
          seen.push(step.key);
          places.push(place);
        });
      await bench.work({ synthesize }, { synthesize: 1 });
      await bench.follower.expect(refs);
      expect(seen).toEqual([
        ...['urgent-77', 'urgent-78', 'long-1', 'short-901'],
        ...['long-2', 'short-902', 'long-3', 'long-4', 'long-5'],
      ]);
      // What a session is lent by when several steps of one process wait for one.
      expect(places).toEqual([1, 1, 2, 2, 3, 3, 4, 5, 6]);
    });

    test('starts at most ten enrolments within any second', async () => {
      const starts: number[] = [];
      await bench.work({ enroll: async (step) => made(step, () => starts.push(performance.now())) }, { enroll: 20 });
      const steps = Array.from({ length: 16 }, (_, index) => voice(`v${index}`));
      await bench.follower.expect(await submitVoices(connection, { runId: bench.runId, steps }));
      expect(starts).toHaveLength(16);
      expect(mostWithin(starts, 1_000)).toBeLessThanOrEqual(10);
    });

    test('tries again after a failure that may pass, and tells so', async () => {
      const attempts: number[] = [];
      await bench.work({
        synthesize: async (step, { attempt }) => {
          attempts.push(attempt);
          if (attempt === 1) throw new PipelineError({ code: 'session-lost', message: 'gone', retry: 'backoff' });
          return made(step);
        },
      });
      await bench.speak(segment('a'));
      expect(attempts).toEqual([1, 2]);
      expect(bench.retries).toMatchObject([{ code: 'session-lost', message: 'gone', attempt: 1 }]);
      expect(bench.failures).toEqual([]);
    });

    test('passes on how much of a step is finished, at most once a second, and nothing of a short one', async () => {
      const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
      /** When each share was told, in milliseconds since the step began. */
      const toldMs = new Map<number, number>();
      await bench.work({
        synthesize: async (step, { onProgress }) => {
          onProgress(0.9);
          return made(step);
        },
        master: async (step, { onProgress }) => {
          const from = performance.now();
          for (let tenth = 1; tenth <= 10; tenth++) {
            await pause(REPORT_INTERVAL_MS / 5);
            toldMs.set(tenth / 10, performance.now() - from);
            onProgress(tenth / 10);
          }
          // The report is on its way while the step still runs.
          await pause(200);
          return made(step);
        },
      });
      await bench.speak(segment('a'));
      const shares = bench.progress.map(({ share }) => share);
      expect(shares.length).toBeGreaterThanOrEqual(1);
      // Measured, because a busy machine makes the pauses longer; a fifth of one lies between the measuring and the telling.
      const passedOnMs = shares.map((share) => toldMs.get(share)!);
      for (const [at, ms] of passedOnMs.entries()) {
        expect(ms - (passedOnMs[at - 1] ?? 0), `${shares}`).toBeGreaterThan(
          REPORT_INTERVAL_MS - REPORT_INTERVAL_MS / 25,
        );
      }
      expect(bench.progress.every(({ kind, key }) => kind === 'master' && key === 'master')).toBe(true);
      expect(bench.failures).toEqual([]);
    });

    test('postpones as long as the service says, without using up an attempt', async () => {
      const attempts: number[] = [];
      const times: number[] = [];
      await bench.work({
        synthesize: async (step, { attempt }) => {
          attempts.push(attempt);
          times.push(performance.now());
          // Seven: more than the attempts that a segment has.
          if (attempts.length < 8)
            throw new PipelineError({ code: 'throttled', message: 'slow', retry: { afterMs: 60 } });
          return made(step);
        },
      });
      await bench.speak(segment('a'));
      expect(attempts).toEqual(Array.from({ length: 8 }, () => 1));
      for (const [index, time] of times.entries()) if (index > 0) expect(time - times[index - 1]!).toBeGreaterThan(50);
      expect(bench.retries[0]).toMatchObject({ code: 'throttled', afterMs: 60 });
    });

    test('masters a chapter of 500 segments after all of them', async () => {
      const spoken = new Set<string>();
      let spokenBefore = 0;
      await bench.work({
        synthesize: async (step) => made(step, () => spoken.add(step.key)),
        master: async (step) => {
          spokenBefore = spoken.size;
          return made(step);
        },
      });
      await bench.speak(...Array.from({ length: 500 }, (_, index) => segment(`s${index}`, index + 1)));
      expect(spokenBefore).toBe(500);
      expect(bench.results.size).toBe(501);
      expect(bench.results.get('s7')).toEqual(made(segment('s7')));
    });

    test('a segment that fails for good does not block its chapter and is reported with code and message', async () => {
      let tries = 0;
      await bench.work({
        synthesize: async (step) => {
          if (step.key !== 'bad') return made(step);
          tries += 1;
          throw new PipelineError({
            code: 'text-refused',
            message: 'The text: [was] refused.\nTwice.',
            retry: 'never',
          });
        },
      });
      await bench.speak(segment('good', 1), segment('bad', 2), segment('fine', 3));
      expect(tries).toBe(1);
      expect([...bench.results.keys()].sort()).toEqual(['fine', 'good', 'master']);
      expect(bench.failures).toMatchObject([
        { code: 'text-refused', message: 'The text: [was] refused.\nTwice.', kind: 'synthesize', key: 'bad' },
      ]);
      expect((await queueCounts(connection)).synthesize).toMatchObject({ completed: 2, failed: 1, waiting: 0 });
    });

    test('a bug of ours fails at once and is reported as one', async () => {
      await bench.work({ synthesize: () => Promise.reject(new Error('Internal error: no such thing')) });
      await bench.speak(segment('a'));
      expect(bench.failures).toMatchObject([{ code: 'internal', message: 'Internal error: no such thing', key: 'a' }]);
      expect(bench.retries).toEqual([]);
    });

    test('a chapter whose takes are all there is mastered at once; equal segments of two chapters both come', async () => {
      await bench.work({});
      const refs = await submitChapters(connection, {
        runId: bench.runId,
        chapters: [
          { master: master('m1', 1), segments: [] },
          { master: master('m2', 2), segments: [segment('yes', 1, 2), segment('yes', 1, 2)] },
          { master: master('m3', 3), segments: [segment('yes', 1, 2)] },
        ],
      });
      await bench.follower.expect(refs);
      expect(refs.map(({ kind, key }) => `${kind} ${key}`)).toEqual([
        'master m1',
        'synthesize yes',
        'master m2',
        'synthesize yes',
        'master m3',
      ]);
      expect([...bench.results.keys()].sort()).toEqual(['m1', 'm2', 'm3', 'yes']);
    });

    test('tells what ended before it was expected', async () => {
      await bench.work({});
      const refs = await submitVoices(connection, { runId: bench.runId, steps: [voice('early')] });
      const other = await submitVoices(connection, { runId: bench.runId, steps: [voice('late')] });
      await bench.follower.expect(other);
      await bench.follower.expect(refs);
      await bench.follower.expect(refs);
      expect([...bench.results.keys()].sort()).toEqual(['early', 'late']);
    });

    test('a cancelled run: what waits is removed, what is under way ends, the chapter is not mastered', async () => {
      const [begun, goOn] = [latch(), latch()];
      const mastered: string[] = [];
      await bench.work(
        {
          synthesize: async (step) => {
            begun.open();
            await goOn.opened;
            return made(step);
          },
          master: async (step) => made(step, () => mastered.push(step.key)),
        },
        { synthesize: 1 },
      );
      const segments = [1, 2, 3, 4].map((place) => segment(`s${place}`, place));
      const { runId } = bench;
      const refs = await submitChapters(connection, { runId, chapters: [{ master: master('master'), segments }] });
      await begun.opened;
      expect(await cancelRun(connection, { runId: `${runId.slice(0, -1)}` })).toBe(0);
      expect(await cancelRun(connection, { runId })).toBe(4);
      goOn.open();
      await bench.follower.expect(refs);
      expect([...bench.results.keys()]).toEqual(['s1']);
      expect(bench.failures.map(({ key, code }) => `${key} ${code}`).sort()).toEqual([
        'master interrupted',
        's2 interrupted',
        's3 interrupted',
        's4 interrupted',
      ]);
      expect(mastered).toEqual([]);
      expect((await queueCounts(connection)).synthesize).toMatchObject({ waiting: 0, active: 0 });
    });

    test('a graceful close waits for what is under way and takes nothing new', async () => {
      const [begun, goOn] = [latch(), latch()];
      const workers = await bench.work(
        {
          synthesize: async (step) => {
            begun.open();
            await goOn.opened;
            return made(step);
          },
        },
        { synthesize: 1 },
      );
      const spoken = bench.speak(segment('a', 1), segment('b', 2));
      await begun.opened;
      const closed = workers.close({ graceMs: 10_000 });
      goOn.open();
      await closed;
      await expect.poll(() => [...bench.results.keys()]).toEqual(['a']);
      expect((await queueCounts(connection)).synthesize).toMatchObject({ completed: 1, waiting: 1, active: 0 });
      await bench.work({});
      await spoken;
    });

    test('a forceful close hands the steps back, and another worker takes them up at once', async () => {
      const begun = latch();
      let active = 0;
      const workers = await bench.work({
        synthesize: (step, { signal }) =>
          new Promise((_, reject) => {
            active += 1;
            if (active === 2) begun.open();
            // One heeds the signal, the other one hangs.
            if (step.key === 'heeds') signal.addEventListener('abort', () => reject(interrupted('speaking')));
          }),
      });
      const spoken = bench.speak(segment('heeds', 1), segment('hangs', 2));
      await begun.opened;
      await workers.close({ graceMs: 20 });
      expect((await queueCounts(connection)).synthesize).toMatchObject({ waiting: 2, active: 0, failed: 0 });
      const attempts: number[] = [];
      const before = performance.now();
      await bench.work({ synthesize: async (step, { attempt }) => made(step, () => attempts.push(attempt)) });
      await spoken;
      expect(performance.now() - before).toBeLessThan(2_500);
      expect(attempts).toEqual([1, 1]);
    });

    test('a close for want of work waits for what is paid for, and hands the rest back at once', async () => {
      const [paid, waiting, goOn] = [latch(), latch(), latch()];
      const workers = await bench.work({
        synthesize: async (step, { signal, onPaid }) => {
          if (step.key === 'unsent')
            return new Promise((_, reject) => {
              waiting.open();
              signal.addEventListener('abort', () => reject(interrupted('waiting for a session')));
            });
          onPaid();
          paid.open();
          await goOn.opened;
          if (signal.aborted) throw interrupted('speaking');
          return made(step);
        },
      });
      const spoken = bench.speak(segment('sent', 1), segment('unsent', 2));
      // When something else fails first, it is not waited for.
      spoken.catch(() => undefined);
      await Promise.all([paid.opened, waiting.opened]);
      const closed = workers.close({ graceMs: 0, paidGraceMs: 20_000 });
      await expect
        .poll(async () => (await queueCounts(connection)).synthesize, { timeout: 20_000 })
        .toMatchObject({ waiting: 1, active: 1 });
      goOn.open();
      await closed;
      await expect.poll(() => [...bench.results.keys()], { timeout: 20_000 }).toEqual(['sent']);
      await bench.work({});
      await spoken;
    });

    test('a queue that was emptied is noticed', async () => {
      const refs = await submitVoices(connection, { runId: bench.runId, steps: [voice('a'), voice('b')] });
      const waited = bench.follower.expect(refs);
      await connection.queue('enroll').obliterate({ force: true });
      await expect(waited).rejects.toBeInstanceOf(StepsLostError);
      expect(bench.failures).toEqual([]);
    });

    test('an abort ends the wait', async () => {
      const abort = new AbortController();
      const follower = await followRun(connection, {
        runId: 'aborted',
        signal: abort.signal,
        onResult: () => {},
        onFailure: () => {},
      });
      const waited = follower.expect([{ jobId: 'aborted-never', kind: 'enroll', key: 'never' }]);
      abort.abort();
      await expect(waited).rejects.toMatchObject({ code: 'interrupted' });
      await follower.close();
    });
  });
}

/** What a test works with. */
interface Bench {
  runId: string;
  follower: Follower;
  results: Map<string, StepResult>;
  failures: (Failure & JobRef)[];
  retries: RetryNote[];
  progress: (JobRef & { share: number })[];
  /** Starts workers with these processors; they are closed in the end. */
  work(
    given: Partial<Processors>,
    concurrency?: Partial<Record<'enroll' | 'synthesize' | 'master', number>>,
  ): Promise<Workers>;
  /** Submits one chapter of these segments and waits for its end. */
  speak(...segments: ReturnType<typeof segment>[]): Promise<void>;
  tearDown(): Promise<void>;
}

async function setUp(connection: QueueConnection): Promise<Bench> {
  const runId = `run-${randomUUID().slice(0, 8)}`;
  const results = new Map<string, StepResult>();
  const failures: (Failure & JobRef)[] = [];
  const retries: RetryNote[] = [];
  const progress: Bench['progress'] = [];
  const started: Workers[] = [];
  const follower = await followRun(connection, {
    runId,
    onResult: (result) => results.set(result.key, result),
    onFailure: (failure) => failures.push(failure),
    onRetry: (note) => retries.push(note),
    onProgress: (share, job) => progress.push({ ...job, share }),
  });
  return {
    runId,
    follower,
    results,
    failures,
    retries,
    progress,
    work: async (given, concurrency = {}) => {
      const workers = await startWorkers(connection, { processors: processors(given), concurrency });
      started.push(workers);
      return workers;
    },
    speak: async (...segments) => {
      const chapters = [{ master: master('master'), segments }];
      await follower.expect(await submitChapters(connection, { runId, chapters }));
    },
    tearDown: async () => {
      await Promise.all(started.map((workers) => workers.close({ graceMs: 0 })));
      await follower.close();
      for (const kind of KINDS) await connection.queue(kind).obliterate({ force: true });
    },
  };
}
