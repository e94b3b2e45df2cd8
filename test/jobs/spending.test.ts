/** The ledger of spending equals the service's own count, whatever becomes of the calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobContext } from '../../jobs/context.ts';
import { enroll } from '../../jobs/enroll.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { PipelineError } from '../../src/errors.ts';
import { billedUnits } from '../../src/models.ts';
import type { BudgetRef, SynthesizeStep } from '../../src/plan/step.ts';
import { type PaidCall, type PaidReason, paidCalls } from '../../src/store/spending/paid-call.ts';
import { readSpending } from '../../src/store/spending/read-spending.ts';
import { openSpendingLedger } from '../../src/store/spending/spending-ledger.ts';
import { spentOfBudget } from '../../src/store/spending/spent-of-budget.ts';
import { enrollStep, type JobFixture, openJobFixture, recording } from './job-fixture.ts';

const MODEL = 'qwen3-tts-vc-realtime-2026-01-15';
const BOOK = { title: 'Storm', author: 'The Sea' };
const PURSE: BudgetRef = {
  id: 'run',
  rate: { kind: 'characters', perCharacterNanos: 100 },
  enrolmentNanos: 10_000,
  payer: { run: 'run-1', book: BOOK.title, author: BOOK.author, currency: 'CNY', realm: 'local' },
};
const LINES = 40;
const MOST_ATTEMPTS = 12;

let fixture: JobFixture | undefined;
afterEach(() => fixture?.close());

const attempt = (number = 1) => ({ signal: new AbortController().signal, attempt: number });

/** As the queue does: again while that may help. */
async function patiently(step: SynthesizeStep, context: JobContext): Promise<string> {
  for (let number = 1; ; number++) {
    try {
      return (await synthesize(step, attempt(number), context)).outcome;
    } catch (error) {
      if (!(error instanceof PipelineError) || number === MOST_ATTEMPTS) throw error;
      if (error.retry === 'never') return error.code;
      await sleep(5);
    }
  }
}

describe('a storm of lost answers, retries, refused texts and re-takes', () => {
  it('is in the ledger call by call', async () => {
    fixture = await openJobFixture({
      speed: { firstAudioMs: 0 },
      faults: [
        { kind: 'lost-answer', nth: 1 },
        { kind: 'drop', rate: 0.1, frame: 1 },
        { kind: 'error-event', rate: 0.08, frame: 1 },
        { kind: 'finished-without-audio', rate: 0.08 },
        { kind: 'content-refusal', rate: 0.08 },
        { kind: 'inserted-silence', rate: 0.1 },
      ],
    });
    const { context, simulator } = fixture;
    await context.budgets.open('run', null);
    const enrollment = { ...(await enrollStep(fixture, await recording(), { model: MODEL })), purse: PURSE };
    await enroll(enrollment, attempt(), context).catch(() => enroll(enrollment, attempt(2), context));
    const steps = Array.from(
      { length: LINES },
      (_, at): SynthesizeStep => ({
        kind: 'synthesize',
        key: `take-${at}`,
        chapter: 2,
        line: at + 1,
        ordinal: at + 1,
        character: 'mara',
        voice: { enrollment },
        model: MODEL,
        languageType: 'English',
        sampleRateHz: 24_000,
        text: `Line ${at + 1} of the storm, which the keeper wrote.`,
        purse: PURSE,
      }),
    );
    const ends = await Promise.all(steps.map((step) => patiently(step, context)));
    expect(new Set(ends)).toEqual(new Set(['made', 'text-refused']));

    const { calls, damaged } = await readSpending(context.store, BOOK);
    expect(damaged).toBe(0);
    const spoken = calls.filter(({ line }) => line !== null);
    const theirs = simulator.spokenTexts();
    for (const { text, line } of steps) {
      const ours = spoken.filter((call) => call.line === `2:${line}`);
      expect([text, ours.length]).toEqual([text, theirs.get(text) ?? 0]);
    }
    const theirCharacters = [...theirs].reduce((sum, [text, times]) => sum + billedUnits(text) * times, 0);
    expect(sum(spoken, 'characters')).toBe(theirCharacters);
    expect(sum(spoken, 'nanos')).toBe(theirCharacters * 100);
    expect(await context.budgets.balance('run')).toMatchObject({ spentNanos: theirCharacters * 100 + 10_000 });
    // What a Redis that starts again from older data is compared with.
    const known = await spentOfBudget(context.store, { budget: PURSE.id, book: BOOK, reserved: new Map() });
    expect(known.spentNanos).toBe(theirCharacters * 100 + 10_000);
    const paidFor = (reason: PaidReason): PaidCall[] => calls.filter((call) => call.reason === reason);
    const counted = (reason: PaidReason): number => paidFor(reason).length;
    expect(counted('re-take')).toBeGreaterThan(0);
    expect(counted('retry')).toBeGreaterThan(0);
    expect(counted('first')).toBeGreaterThan(0);
    // The voice, whose answer was lost, and every line that broke off.
    expect(paidFor('lost answer').filter(({ line }) => line === null)).toHaveLength(simulator.metrics().voices);
    expect(counted('lost answer')).toBeGreaterThan(1);
    expect(calls.every(({ simulated, run }) => simulated && run === 'run-1')).toBe(true);
  });
});

describe('a call', () => {
  it('of a worker that was killed is a lost answer, and its take is paid by whoever speaks it', async () => {
    fixture = await openJobFixture({ behaviour: { adoptVoices: true } });
    const { context } = fixture;
    await context.budgets.open('run', null);
    const step = lineStep();
    // What a killed process leaves: the record before the call, and nothing after it.
    const dying = { ...context, spending: { ...context.spending, ended: async () => undefined } };
    await synthesize(step, attempt(), dying);
    const other = { ...step, key: `${step.key}-2` };
    await synthesize(other, attempt(), context);
    const { calls } = await readSpending(context.store, BOOK);
    expect(calls.map(({ reason, nanos }) => [reason, nanos])).toEqual([
      ['lost answer', 1_000],
      ['first', 1_000],
    ]);
  });

  it.each([
    ['throttle-event', 'throttled', 'backoff'],
    ['throttle-close', 'throttled', 'backoff'],
    ['content-refusal', 'text-refused', 'never'],
  ] as const)(
    'that %s ends after sound is a lost answer at its full price, and not free',
    async (kind, code, retry) => {
      for (const isPriced of [true, false]) {
        await fixture?.close();
        fixture = await openJobFixture({ behaviour: { adoptVoices: true }, faults: [{ kind, nth: 1, frame: 1 }] });
        const { context, simulator } = fixture;
        await context.budgets.open('run', null);
        const { purse, ...free } = lineStep();
        const step = isPriced ? { ...free, purse } : free;
        // Each further try may be billed, so it uses up an attempt.
        await expect(synthesize(step, attempt(), context)).rejects.toMatchObject({ code, retry });
        expect(simulator.metrics().realtime.responses).toBe(1);
        if (!isPriced) continue;
        const { calls } = await readSpending(context.store, BOOK);
        expect(calls.map(({ reason, nanos }) => [reason, nanos])).toEqual([['lost answer', 1_000]]);
        const balance = { spentNanos: 1_000, reservedNanos: 0, unansweredCommits: 1 };
        expect(await context.budgets.balance('run')).toMatchObject(balance);
      }
    },
  );

  it('is not sent when the store cannot record it', async () => {
    fixture = await openJobFixture({ behaviour: { adoptVoices: true } });
    const { context, simulator } = fixture;
    await context.budgets.open('run', null);
    const full = new PipelineError({ code: 'disk-full', message: 'full', retry: 'never' });
    const journals = { ...context.store.journals, append: () => Promise.reject(full) };
    const spending = openSpendingLedger({ journals });
    await expect(synthesize(lineStep(), attempt(), { ...context, spending })).rejects.toBe(full);
    expect(simulator.metrics().realtime.responses).toBe(0);
    expect(await context.budgets.balance('run')).toMatchObject({ spentNanos: 0, unansweredCommits: 0 });
  });

  it('is in the ledger before its take is in the store', async () => {
    fixture = await openJobFixture({ behaviour: { adoptVoices: true } });
    const { context } = fixture;
    await context.budgets.open('run', null);
    const atSealing: PaidCall[][] = [];
    const { store } = context;
    const watched = new Proxy(store, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          if (name === 'addRecord') atSealing.push((await readSpending(store, BOOK)).calls);
          return value.apply(of, given);
        };
      },
    });
    await synthesize(lineStep(), attempt(), { ...context, store: watched });
    expect(atSealing.map((calls) => calls.map(({ reason, line }) => [reason, line]))).toEqual([[['first', '1:7']]]);
  });
});

const lineStep = (): SynthesizeStep => ({
  kind: 'synthesize',
  key: 'b'.repeat(64),
  chapter: 1,
  line: 7,
  ordinal: 1,
  character: 'mara',
  voice: { voiceId: 'qwen-tts-vc-a-voice-20250812105009984-838b' },
  model: MODEL,
  languageType: 'English',
  sampleRateHz: 24_000,
  text: 'Ten letter',
  purse: PURSE,
});

function sum(calls: readonly PaidCall[], field: 'characters' | 'nanos'): number {
  return calls.reduce((all, call) => all + (call[field] ?? 0), 0);
}

describe('paidCalls', () => {
  it('tells a line that an earlier run had sent as a retry', () => {
    const call = (id: string, at: string, end: 'sent' | 'answered' | 'void') => ({
      ...{ id, at, end, reason: 'first' as const, book: 'B', author: '', run: id, line: '1:1', character: 'mara' },
      ...{ voice: 'v', model: MODEL, key: 'k', characters: 10, inputTokens: null, outputTokens: null, nanos: 1_000 },
      ...{ currency: 'CNY', account: 'a', realm: 'dashscope', simulated: end === 'answered' ? false : null },
    });
    const calls = paidCalls([
      call('1', '2026-01', 'sent'),
      call('2', '2026-02', 'void'),
      call('3', '2026-03', 'answered'),
    ]);
    expect(calls.map(({ id, reason, simulated }) => [id, reason, simulated])).toEqual([
      ['1', 'lost answer', false],
      ['3', 'retry', false],
    ]);
  });
});
