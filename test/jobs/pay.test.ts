/** Every commit is asked for and accounted for, whatever becomes of it. */
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { enroll } from '../../jobs/enroll.ts';
import { payForSpeech } from '../../jobs/pay.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { PipelineError } from '../../src/errors.ts';
import type { Budgets } from '../../src/limits.ts';
import { maxNanos, type Rate } from '../../src/plan/price.ts';
import type { SynthesizeStep } from '../../src/plan/step.ts';
import { openBudgets } from '../../src/queue/budgets/budgets.ts';
import { memoryBudgets } from '../../src/queue/budgets/budgets-memory.ts';
import { redisBudgets } from '../../src/queue/budgets/budgets-redis.ts';
import { findVoice, forgetVoice, putIntent } from '../../src/store/ledger.ts';
import { startRedis } from '../queue/redis-server.ts';
import { enrollStep, type JobFixture, MODEL, openJobFixture, recording } from './job-fixture.ts';

const LETTERS: Rate = { kind: 'characters', perCharacterNanos: 100 };
const TOKENS: Rate = { kind: 'tokens', perInputTokenNanos: 1, perOutputTokenNanos: 10 };
const attempt = { signal: new AbortController().signal, attempt: 1 };

const step = (rate: Rate, text = 'Ten letter'): SynthesizeStep => ({
  kind: 'synthesize',
  key: 'a'.repeat(64),
  chapter: 1,
  ordinal: 1,
  character: 'mara',
  voice: { voiceId: 'voice' },
  model: 'qwen3-tts-vc-realtime-2026-01-15',
  languageType: 'English',
  sampleRateHz: 24_000,
  text,
  purse: { id: 'run', rate, enrolmentNanos: 0 },
});

async function openBudget(budgetNanos: number | null) {
  const budgets = openBudgets(memoryBudgets(), new AbortController().signal);
  await budgets.open('run', budgetNanos);
  return { budgets, balance: () => budgets.balance('run') };
}

const failing = (code: ErrorCode) => async (): Promise<never> => {
  throw new PipelineError({ code, message: code, retry: 'backoff' });
};

describe('payForSpeech', () => {
  it('pays what the service says', async () => {
    const { budgets, balance } = await openBudget(1_000);
    const paid = await payForSpeech({ step: step(LETTERS), attempt, context: { budgets } }, async (payer) => {
      await payer.onCommit();
      return { usage: { characters: 8 } };
    });
    expect(await balance()).toMatchObject({ spentNanos: 0, reservedNanos: 1_000 });
    await paid.settle();
    expect(await balance()).toMatchObject({ spentNanos: 800, reservedNanos: 0, characters: 8, unansweredCommits: 0 });
  });

  it.each([
    ['session-lost', 1_000, 1],
    ['take-incomplete', 1_000, 1],
    ['disk-full', 1_000, 1],
    ['throttled', 0, 0],
    ['text-refused', 0, 0],
  ] as const)('after %s of a commit it counts %i', async (code, spentNanos, unansweredCommits) => {
    const { budgets, balance } = await openBudget(1_000);
    const paid = payForSpeech({ step: step(LETTERS), attempt, context: { budgets } }, async (payer) => {
      await payer.onCommit();
      return failing(code)();
    });
    await expect(paid).rejects.toMatchObject({ code });
    expect(await balance()).toMatchObject({ spentNanos, reservedNanos: 0, unansweredCommits });
  });

  it('pays nothing where nothing was sent, and counts a second commit of the same text as another one', async () => {
    const { budgets, balance } = await openBudget(2_500);
    const context = { budgets };
    await expect(payForSpeech({ step: step(LETTERS), attempt, context }, failing('session-lost'))).rejects.toThrow();
    expect(await balance()).toMatchObject({ spentNanos: 0, reservedNanos: 0 });
    const paid = await payForSpeech({ step: step(LETTERS), attempt, context }, async (payer) => {
      await payer.onCommit();
      await payer.onCommit();
      return { usage: { characters: 10 } };
    });
    await paid.settle();
    expect(await balance()).toMatchObject({ spentNanos: 2_000, unansweredCommits: 1, unansweredCharacters: 10 });
    await expect(
      payForSpeech({ step: step(LETTERS), attempt, context }, failing('service-failed')),
    ).rejects.toMatchObject({ code: 'over-budget' });
  });

  it('sends nothing any more when another worker has taken the step over', async () => {
    const { budgets, balance } = await openBudget(1_000);
    const paid = payForSpeech({ step: step(LETTERS), attempt, context: { budgets } }, async (payer) => {
      // This machine slept during the wait for a session; in the meantime the step ran elsewhere.
      await budgets.reserve('run', { nanos: 1_000, key: step(LETTERS).key, characters: 10 });
      await payer.onCommit();
      throw new Error('It was sent.');
    });
    await expect(paid).rejects.toMatchObject({ code: 'interrupted' });
    expect(await balance()).toMatchObject({
      spentNanos: 0,
      reservedNanos: 1_000,
      unsentNanos: 1_000,
      unansweredCommits: 0,
    });
  });

  it('does not keep a take waiting for a Redis that is away, and pays when it is back', async (test) => {
    const server = await startRedis();
    if (server === undefined) return test.skip();
    const [redis, operator] = [new Redis(server.url), new Redis(server.url)];
    try {
      const closing = new AbortController().signal;
      const budgets = openBudgets(redisBudgets({ redis, closing }, { prefix: 'pay' }), closing);
      await budgets.open('run', 1_000);
      let isBack = false;
      let back: Promise<void> | undefined;
      const paid = payForSpeech({ step: step(LETTERS), attempt, context: { budgets } }, async (payer) => {
        await payer.onCommit();
        await operator.client('PAUSE', 6_000);
        // Answered when the pause is over.
        back = redis.ping().then(() => {
          isBack = true;
        });
        return { usage: { characters: 8 } };
      }).then((speech) => speech.settle());
      expect(await paid.then(() => isBack)).toBe(false);
      await back;
      await expect.poll(() => budgets.balance('run')).toMatchObject({ spentNanos: 800, reservedNanos: 0 });
    } finally {
      redis.disconnect();
      operator.disconnect();
      await server.stop();
    }
  });

  it('breaks off endless speech before it passes the budget', async () => {
    const { budgets, balance } = await openBudget(10_000);
    let seconds = 0;
    const paid = payForSpeech({ step: step(TOKENS), attempt, context: { budgets } }, async (payer) => {
      await payer.onCommit();
      for (; seconds < 1_000; seconds++) await payer.onSound(1);
      return { usage: undefined };
    });
    await expect(paid).rejects.toMatchObject({ code: 'over-budget' });
    // 500 nanos for a second of sound.
    expect(seconds * 500).toBeLessThanOrEqual(10_000);
    expect(seconds).toBeGreaterThan(4);
    expect((await balance())?.spentNanos).toBeLessThanOrEqual(10_000);
  });

  it('charges nothing for a text that could not be recorded, or was stopped while it waited to leave', async () => {
    const { budgets, balance } = await openBudget(10_000);
    const fails = () => Promise.reject(new Error('stopped'));
    for (const [ready, leave] of [[fails, undefined] as const, [async () => undefined, fails] as const]) {
      const paid = payForSpeech({ step: step(TOKENS), attempt, context: { budgets } }, async (payer) => {
        await payer.onCommit(ready(), leave);
        return { usage: undefined };
      });
      await expect(paid).rejects.toThrow('stopped');
    }
    expect(await balance()).toMatchObject({ spentNanos: 0, reservedNanos: 0, unansweredCommits: 0 });
  });
});

/** As a worker has them that is killed before it can settle. */
function silentWhenSettling(budgets: Budgets): Budgets {
  const reserve: Budgets['reserve'] = async (...given) => ({
    ...(await budgets.reserve(...given)),
    settle: async () => undefined,
  });
  return { ...budgets, reserve };
}

/** Budgets that never answer once the call is sent, and call back when they are asked to settle. */
function silentBudgets(onSettle: () => Promise<void>): Budgets {
  return {
    ...openBudgets(memoryBudgets(), new AbortController().signal),
    reserve: async () => ({
      sending: async () => undefined,
      raise: () => new Promise(() => undefined),
      settle: async () => {
        await onSettle();
        return new Promise(() => undefined);
      },
    }),
  };
}

describe('accounts that do not answer while speech arrives', () => {
  it('let the sound go on for the full price of the text once more, then hold it up', async () => {
    const budgets = silentBudgets(async () => undefined);
    let seconds = 0;
    const stop = new AbortController();
    const paid = payForSpeech({ step: step(TOKENS), attempt, context: { budgets } }, async (payer) => {
      await payer.onCommit();
      for (; seconds < 1_000; seconds++) {
        const held = Promise.resolve(payer.onSound(1)).then(() => 'heard' as const);
        const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), 1_500));
        if ((await Promise.race([held, late])) === 'late') stop.abort();
        stop.signal.throwIfAborted();
      }
      return { usage: undefined };
    });
    await expect(paid).rejects.toMatchObject({ name: 'AbortError' });
    // 500 nanos for a second of sound.
    const most = maxNanos(TOKENS, step(TOKENS).text);
    expect(seconds * 500).toBeGreaterThan(1.5 * most);
    expect(seconds * 500).toBeLessThanOrEqual(2 * most);
  });
});

describe('synthesize', () => {
  let fixture: JobFixture | undefined;
  afterEach(() => fixture?.close());

  it('sends nothing when the budget has no room, and stores the usage with the take', async () => {
    fixture = await openJobFixture({ behaviour: { adoptVoices: true } });
    const { context, simulator } = fixture;
    await context.budgets.open('run', 999);
    const voice = { voiceId: 'qwen-tts-vc-a-voice-20250812105009984-838b' };
    await expect(synthesize({ ...step(LETTERS), voice }, attempt, context)).rejects.toMatchObject({
      code: 'over-budget',
    });
    expect(simulator.metrics().realtime).toMatchObject({ sessions: 0, responses: 0 });
    await context.budgets.open('more', 1_000);
    const rich = { ...step(LETTERS), voice, purse: { id: 'more', rate: LETTERS, enrolmentNanos: 0 } };
    await expect(synthesize(rich, attempt, context)).resolves.toMatchObject({ outcome: 'made', billedCharacters: 10 });
    expect(await context.store.readRecord('take', rich.key)).toMatchObject({ usage: { characters: 10 } });
    expect(await context.budgets.balance('more')).toMatchObject({ spentNanos: 1_000, characters: 10 });
  });

  it.each(['adopted', 'found'])(
    'does not wait for a worker that died, when the voice that it had paid for is %s, and nor for its take',
    async (how) => {
      fixture = await openJobFixture();
      const { context, simulator } = fixture;
      const enrolmentNanos = 5_000;
      const purse = { id: 'run', rate: LETTERS, enrolmentNanos };
      const enrollment = { ...(await enrollStep(fixture, await recording())), purse };
      const text = { ...step(LETTERS), model: MODEL, voice: { enrollment }, purse };
      // Room for everything once, and not for another reservation of the voice beside it.
      await context.budgets.open('run', enrolmentNanos + 2_000);
      const dead = silentWhenSettling(context.budgets);
      await enroll(enrollment, attempt, { ...context, budgets: dead });
      if (how === 'adopted') {
        const { key } = enrollment;
        const { voiceId } = (await findVoice(context.store, key, context.account))!;
        await putIntent(context.store, key, context.account);
        await forgetVoice(context.store, { key, account: context.account, voiceId });
      }
      expect(await enroll(enrollment, attempt, context)).toMatchObject({ calls: { enroll: 0 } });
      expect(await context.budgets.balance('run')).toMatchObject({ spentNanos: 5_000, reservedNanos: 0 });
      await synthesize(text, attempt, { ...context, budgets: dead });
      expect(await synthesize(text, attempt, context)).toMatchObject({ outcome: 'reused' });
      expect(await context.budgets.balance('run')).toMatchObject({ spentNanos: 6_000, reservedNanos: 0 });
      await synthesize({ ...text, key: 'b'.repeat(64) }, attempt, context);
      expect(await context.budgets.balance('run')).toMatchObject({ spentNanos: 7_000, reservedNanos: 0 });
      expect(simulator.metrics().voices).toBe(1);
    },
  );

  it('stores a take and a voice before it asks the accounts for anything', async () => {
    fixture = await openJobFixture();
    const { context } = fixture;
    const enrollment = await enrollStep(fixture, await recording());
    const purse = { id: 'run', rate: LETTERS, enrolmentNanos: 5 };
    const spoken: SynthesizeStep = { ...step(LETTERS), model: MODEL, voice: { enrollment }, purse };
    const found: unknown[] = [];
    const budgets = silentBudgets(async () => {
      const voice = await findVoice(context.store, enrollment.key, context.account);
      const take = await context.store.readRecord('take', spoken.key);
      found.push([voice !== undefined, take !== undefined]);
    });
    await expect(synthesize(spoken, attempt, { ...context, budgets })).resolves.toMatchObject({ outcome: 'made' });
    expect(found).toEqual([
      [true, false],
      [true, true],
    ]);
  });
});
