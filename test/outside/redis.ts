/** What the program keeps in Redis besides BullMQ's own: asked of a client that keeps nothing and notes everything. */
import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { accountOf, queuePrefix } from '../../src/account.ts';
import type { Budgets } from '../../src/limits.ts';
import { bookLeases } from '../../src/queue/book-leases.ts';
import { openCrashCounter } from '../../src/queue/crash-quarantine.ts';
import { limitsKey, saveServiceLimits, setLimits } from '../../src/queue/limits/account-limits.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { checkQueueFormat } from '../../src/queue/queue-format.ts';
import { jobRef, KINDS, TOPOLOGY } from '../../src/queue/topology.ts';
import { segment } from '../queue/steps.ts';

const PREFIX = '<queue>';
/** Leases are renewed every few seconds; here so many times as often. */
const HURRY = 50;
/** Two renewals of the slowest lease, in hurry, in milliseconds. */
const HOLD_MS = 250;

/** Keys, scripts by their digest with the keys they are given, fields, names of queues and ids of jobs. */
export async function readRedis(): Promise<string[]> {
  const found = new Set<string>();
  await inHurry(() => askAll(noting(found)));
  const account = accountOf({
    apiKey: 'key',
    httpBaseUrl: 'https://dashscope.aliyuncs.com/api/v1',
    realtimeUrl: 'wss://dashscope.aliyuncs.com/api-ws/v1/realtime',
  });
  found.add(`prefix ${queuePrefix({ account, storeId: '<store>' })}`);
  found.add(`prefix ${queuePrefix({ account, storeId: '<store>', only: '<worker>' })}`);
  found.add(`account ${limitsKey('account', '<name>')}`);
  for (const kind of KINDS) found.add(`queue ${TOPOLOGY[kind].name}`);
  found.add(`job ${jobRef('<run>', segment('<key>')).jobId}`);
  found.add(`job ${jobRef('<run>', segment('<key>'), 7).jobId}`);
  return [...found];
}

async function askAll(redis: Redis): Promise<void> {
  const books = bookLeases({ redis, prefix: PREFIX });
  await books.announce('<book>');
  await books.announced();
  await books.heartbeat('<worker>');
  await books.conductors();
  await books.deregister('<worker>');
  await books.remove('<book>');
  const lease = await books.acquire('<book>');
  await held();
  await lease?.release();
  const crashes = openCrashCounter({ redis, prefix: PREFIX });
  await crashes.begin('<job>', { wasStalled: true }).catch(() => undefined);
  await crashes.end('<job>');
  crashes.close();
  await setLimits(redis, 'account', { sessions: 1, callsPerMinute: 1, enrolmentsPerSecond: 1 });
  await saveServiceLimits(redis, 'account', {
    '<model>': { callsPerMinute: 1, callsPerSecond: 1, tokensPerMinute: 1 },
  });
  await checkQueueFormat(redis, { prefix: PREFIX, place: '' }).catch(() => undefined);
  await askLimits(redis);
}

async function askLimits(redis: Redis): Promise<void> {
  const limits = openLimits(
    { redis, prefix: PREFIX },
    {
      account: 'account',
      enrollPerSecond: 10,
      callsPerMinute: () => 100,
      tokensPerMinute: () => 100,
      sessionsAtOnce: 2,
    },
  );
  const soon = AbortSignal.timeout(5_000);
  await Promise.all([
    limits
      .enrollLimiter('qwen-voice-enrollment')
      .acquire(soon)
      .then((counted) => counted()),
    limits
      .callLimiter('<model>')
      .acquire(soon)
      .then((counted) => counted()),
    limits.callLimiter('<model>').pauseFor(1),
    limits
      .tokenLimiter('<model>')
      ?.reserve(10, soon)
      .then((held) => held.settle(5)),
    limits
      .tokenLimiter('<model>')
      ?.reserve(10, soon)
      .then((held) => held.settle(0)),
    limits.singleFlight.run('<work>', held, soon),
    limits.sessionSlots.acquire(soon).then(async (release) => {
      await held();
      await release();
    }),
    useBudget(limits.budgets),
  ]);
  limits.close();
}

async function useBudget(budgets: Budgets): Promise<void> {
  await budgets.open('<run>', 1_000);
  const reservation = await budgets.reserve('<run>', { nanos: 1, key: '<work>', characters: 1 });
  await reservation.sending();
  await reservation.raise(1);
  await reservation.settle({ nanos: 1, characters: 1, inputTokens: 1, outputTokens: 1 });
  await budgets.balance('<run>');
  const { allotted } = budgets;
  await allotted.open('<run>', 1_000);
  await allotted.join('<run>');
  await allotted.allot('<run>', { nanos: 1, generation: 1, isLast: false });
  const part = await budgets.reserve('<run>', { nanos: 1, key: '<work>', characters: 1, isAllotted: true });
  await part.raise(1);
  await allotted.takeBack('<run>', { generation: 1 });
  await allotted.find('<run>');
  await allotted.doubtful('<run>');
  const found = { confirmedFor: 'a', server: 'b', spentMoreNanos: 1, nanos: 1, generation: 1 };
  await allotted.confirm('<run>', { ...found, ended: [{ key: '<work>', value: 'of it', nanos: 1 }] });
}

async function held(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
}

async function inHurry(work: () => Promise<void>): Promise<void> {
  const real = globalThis.setInterval;
  globalThis.setInterval = ((act: () => void, ms: number) => real(act, ms / HURRY)) as typeof setInterval;
  try {
    await work();
  } finally {
    globalThis.setInterval = real;
  }
}

function noting(found: Set<string>): Redis {
  const note = (command: string, args: readonly unknown[]): unknown => {
    if (command === 'eval') {
      const [script, count, ...rest] = args as [string, number, ...string[]];
      const keys = rest.slice(0, count).map(shown);
      const digest = createHash('sha256').update(script.replace(/\s+/g, ' ').trim()).digest('hex').slice(0, 16);
      found.add(`script ${digest} on ${keys.length > 6 ? `${keys.length} keys from ${keys[0]}` : keys.join(' ')}`);
      for (const key of keys) found.add(`key ${key}`);
      for (const field of fieldsIn(script)) found.add(`field ${keys[0]} ${field}`);
      for (const [, field = ''] of rest
        .slice(count)
        .join('\n')
        .matchAll(/^([a-zA-Z]{4,}:?)(?:<work>)?$/gm))
        found.add(`field ${keys[0]} ${field}`);
      return answerOf(script);
    }
    const [key, ...rest] = args;
    if (typeof key === 'string' && /[:<]/.test(key)) {
      found.add(`key ${shown(key)} ${command}`);
      if (command === 'hset') {
        const [first] = rest;
        const fields = typeof first === 'object' && first !== null ? Object.keys(first) : [String(first)];
        for (const field of fields) found.add(`field ${shown(key)} ${field}`);
      }
      if (command === 'hmget' || command === 'hdel')
        for (const field of rest) found.add(`field ${shown(key)} ${field}`);
    }
    if (command === 'set') return 'OK';
    if (command === 'time') return ['1', '0'];
    return command === 'hmget' ? ['<worker>', '1', '0'] : command === 'smembers' ? [] : 1;
  };
  const client: unknown = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'status') return 'ready';
        if (name === 'multi') return () => chain(note);
        if (name === 'then') return undefined;
        return (...args: unknown[]) => Promise.resolve(note(String(name), args));
      },
    },
  );
  return client as Redis;
}

/** What the script answers when all goes well: its own last word. Each look at the server finds that it started again. */
function answerOf(script: string): unknown {
  if (script.includes('return { server,')) return [randomUUID(), 0];
  const [, last = ''] = /return ([^\n]*?)(?: end)?$/.exec(script.trim()) ?? [];
  if (last.startsWith('{')) return [1, 0];
  return last.startsWith("'") ? last.slice(1, -1) : 1;
}

/** `multi().a().b().exec()`. */
function chain(note: (command: string, args: readonly unknown[]) => unknown): unknown {
  const answers: [null, unknown][] = [];
  const link: unknown = new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'exec'
          ? async () => answers
          : (...args: unknown[]) => {
              answers.push([null, note(String(name), args)]);
              return link;
            },
    },
  );
  return link;
}

/** Names of the fields of a hash in a script. */
function fieldsIn(script: string): string[] {
  return [...script.matchAll(/'H(?:SET|SETNX|GET|DEL|INCRBY|EXISTS)', KEYS\[1\], '(\w+)'/g)].map(
    ([, name = '']) => name,
  );
}

/** A key without what chance has put into it. */
function shown(key: string): string {
  return key.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>').replace(/(pipeline:limits:)[0-9a-f]{16}/, '$1<account>');
}
