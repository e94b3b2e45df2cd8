/**
 * A worker that is killed in the last moments before a call that costs money: what it leaves in the store is read while it hangs
 * there. While it waits for anybody, it has sent nothing, and nothing counts it; from the moment at which it may have sent it, it is
 * a lost answer.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { createServiceRecogniser } from '../../src/hearing/service-recogniser.ts';
import type { RateLimiter } from '../../src/limits.ts';
import { ratePerMillion } from '../../src/plan/price.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { createSessionPool } from '../../src/speech/dashscope-realtime/session-pool.ts';
import type { Speaker } from '../../src/speech/engine.ts';
import { listIntents } from '../../src/store/ledger.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import { enrollStep, type JobFixture, KEY, MODEL, openJobFixture, recording } from './job-fixture.ts';

const HEARING_RATE = ratePerMillion({ perMillionInput: 0.8, perMillionOutput: 2.7 });

let fixture: JobFixture;
let pool: Speaker | undefined;
/** A server that takes a connection and never answers its greeting. */
let silent: { url: string; close(): void };
/** Ends the worker that hangs, once its store has been read. */
let end: AbortController;
beforeEach(async () => {
  fixture = await openJobFixture();
  end = new AbortController();
  silent = await silentServer();
});
afterEach(async () => {
  end.abort();
  silent.close();
  await pool?.close();
  pool = undefined;
  await fixture.close();
});

async function step(): Promise<SynthesizeStep> {
  await fixture.context.budgets.open('budget', null);
  const rate = { kind: 'characters', perCharacterNanos: 100 } as const;
  const hearing = { words: 'all', model: 'qwen-audio-3.1-asr-flash', rate: HEARING_RATE } as const;
  const purse = { id: 'budget', rate, enrolmentNanos: 1_000, hearing };
  return {
    ...({ kind: 'synthesize', key: 'take', book: 'Fog', chapter: 1, ordinal: 1, character: 'mara', purse } as const),
    voice: { enrollment: { ...(await enrollStep(fixture, await recording())), purse } },
    ...{ model: MODEL, languageType: 'English', sampleRateHz: 24_000, text: 'The boat came out of the fog.' },
  };
}

async function silentServer(): Promise<typeof silent> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    isThere();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `https://127.0.0.1:${port}`, close };
}

/** Resolves when the worker hangs at its place. */
let isThere: () => void;
const hang = (): Promise<never> => {
  isThere();
  return new Promise((_, reject) => {
    end.signal.addEventListener('abort', () => reject(new Error('killed')), { once: true });
  });
};

/** Its `nth` call never leaves, counted from 1. */
function neverLeaving(nth = 1): RateLimiter {
  let asked = 0;
  return {
    acquire: async () =>
      Object.assign(() => undefined, {
        depart: async () => {
          asked += 1;
          if (asked === nth) await hang();
        },
      }),
    pauseFor: async () => undefined,
  };
}

/** A worker that hangs where the lock of keys like `prefix` is confirmed for the `nth` time. */
function neverConfirmed(prefix: string, nth: number): Partial<JobContext> {
  let asked = 0;
  const confirm = async (): Promise<void> => {
    asked += 1;
    if (asked === nth) await hang();
  };
  const { singleFlight } = fixture.context;
  return {
    singleFlight: {
      run: (key, work, signal) =>
        singleFlight.run(key, (flight) => work(key.startsWith(prefix) ? { confirm } : flight), signal),
    },
  };
}

const NOTHING = { voices: 0, texts: 0, hearings: 0 };
/** Where it hangs, what it had sent, what the ledger says, and whether the next worker must look for a voice first. */
const PLACES: [string, () => Partial<JobContext>, typeof NOTHING, string[], number][] = [
  ['a voice waits to leave', () => enrolling(neverLeaving()), NOTHING, [], 0],
  ['a voice has no connection yet', () => enrolling(undefined, silent.url), NOTHING, [], 0],
  ['the accounts have no answer for a voice', () => neverReserved(1), NOTHING, [], 0],
  ['the lock of a voice is confirmed', () => neverConfirmed('voice-', 1), NOTHING, [], 0],
  ['a voice may have left', () => neverConfirmed('voice-', 3), NOTHING, ['lost answer'], 1],
  // The first departure is that of the handshake.
  ['a text waits to leave', () => speaking(neverLeaving(2)), { ...NOTHING, voices: 1 }, ['voice'], 0],
  ['the accounts have no answer for a text', () => neverReserved(2), { ...NOTHING, voices: 1 }, ['voice'], 0],
  ['the lock of a text is confirmed', () => neverConfirmed('take-', 1), { ...NOTHING, voices: 1 }, ['voice'], 0],
  ['a text may have left', () => neverConfirmed('take-', 3), { ...NOTHING, voices: 1 }, ['voice', 'lost answer'], 0],
  [
    'a take waits to be heard',
    () => hearing(neverLeaving()),
    { voices: 1, texts: 1, hearings: 0 },
    ['voice', 'first'],
    0,
  ],
  [
    'a take to be heard has no connection yet',
    () => hearing(undefined, silent.url),
    { voices: 1, texts: 1, hearings: 0 },
    ['voice', 'first'],
    0,
  ],
];

/** The accounts never confirm the `nth` call. */
function neverReserved(nth: number): Partial<JobContext> {
  let asked = 0;
  const { budgets } = fixture.context;
  const reserve: JobContext['budgets']['reserve'] = async (...of) => {
    const reservation = await budgets.reserve(...of);
    const sending = async (): Promise<void> => {
      asked += 1;
      await (asked === nth ? hang() : reservation.sending());
    };
    return { ...reservation, sending };
  };
  return { budgets: { ...budgets, reserve } };
}

const UNLIMITED: RateLimiter = { acquire: async () => () => undefined, pauseFor: async () => undefined };

function enrolling(limiter = UNLIMITED, httpBaseUrl = fixture.simulator.httpBaseUrl): Partial<JobContext> {
  return { enrolment: createEnrolmentClient({ httpBaseUrl, apiKey: KEY, limiter }) };
}

function speaking(limiter: RateLimiter): Partial<JobContext> {
  pool = createSessionPool({ ...fixture.simulator, apiKey: KEY, maxSessions: 1, limiter: () => limiter });
  return { sessions: pool };
}

function hearing(limiter?: RateLimiter, httpBaseUrl = fixture.simulator.httpBaseUrl): Partial<JobContext> {
  return { recogniser: createServiceRecogniser({ httpBaseUrl, apiKey: KEY, ...(limiter && { limiter }) }) };
}

it.each(PLACES)('killed while %s: the ledger says what was sent', async (_, place, sent, reasons, intents) => {
  const task = await step();
  const { context } = fixture;
  const hangs = new Promise<void>((resolve) => {
    isThere = resolve;
  });
  const attempt = { signal: end.signal, attempt: 1 };
  const dying = synthesize(task, attempt, { ...context, ...hearing(), ...place() });
  dying.catch(() => undefined);
  await Promise.race([hangs, dying]);
  const { enroll, hearing: heard } = fixture.simulator.metrics();
  expect({ voices: enroll.calls, texts: fixture.simulator.spokenTexts().size, hearings: heard.calls }).toEqual(sent);
  const { calls } = await readSpending(context.store);
  expect(calls.map(({ reason }) => reason)).toEqual(reasons);
  expect(await listIntents(context.store, context.account)).toHaveLength(intents);

  // The one that was killed no longer has its locks.
  const limits = openLimits(
    { redis: undefined, prefix: 'next' },
    { account: 'test', enrollPerSecond: 10, sessionsAtOnce: 8 },
  );
  const next = { ...fixture.another('next'), ...hearing(), singleFlight: limits.singleFlight };
  await synthesize(task, { signal: new AbortController().signal, attempt: 1 }, next);
  const { calls: all } = await readSpending(context.store);
  const lost = reasons.filter((reason) => reason === 'lost answer').length;
  expect(all).toHaveLength(3 + lost);
  const spentNanos = all.reduce((sum, { nanos }) => sum + (nanos ?? 0), 0);
  expect(await context.budgets.balance('budget')).toMatchObject({ spentNanos, reservedNanos: 0 });
  limits.close();
});
