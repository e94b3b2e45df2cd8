/** Records each paid call of a step in the store's ledger of spending: before it is sent, and how it ended. */
import { randomUUID } from 'node:crypto';
import { billedUnits } from '../src/models.ts';
import { heardNanos } from '../src/plan/hearing.ts';
import { estimatedTokens, maxNanos, soundNanos, type Usage, usedNanos } from '../src/plan/price.ts';
import type { EnrollStep, PayingRun, SynthesizeStep } from '../src/plan/step.ts';
import { SilentResponse } from '../src/speech/engine.ts';
import type { PaidReason, SentCall } from '../src/store/spending/paid-call.ts';
import type { Attempt, EnrollContext, JobContext } from './context.ts';
import { isRefusal, isRefusalAfterSound } from './pay.ts';

/** The record of the calls of one try. */
export interface CallRecorder {
  /**
   * The request is about to be sent: asks for `permission`, which calls `record` last and sends nothing when that rejects, as it
   * does when the store cannot be written. Forgets the record again when the permission is refused. Default: records at once.
   */
  sending(permission?: (record: () => Promise<void>) => Promise<void>): Promise<void>;
  /** Call it with the length of each piece of speech. */
  heard(seconds: number): void;
  /** Runs the call and begins to record how it ended. */
  watch<T extends Answer>(call: () => Promise<T>): Promise<T>;
  /** Resolves when the end is recorded: wait for it before the result is stored. */
  recorded(): Promise<void>;
}

interface Answer {
  usage?: Usage | undefined;
  simulated: boolean;
}

/** Records the calls of one try to speak a segment. `isDoubted`: an earlier take of it was doubted. */
export function recordSpeech(of: {
  step: SynthesizeStep;
  attempt: Attempt;
  context: Pick<JobContext, 'spending' | 'account'>;
  isDoubted: boolean;
  tries: number;
}): CallRecorder {
  const { step, attempt, context } = of;
  const rate = step.purse?.rate;
  const most = rate === undefined ? null : maxNanos(rate, step.text);
  let full = most;
  let seconds = 0;
  const record = recorder(context, (sentBefore) => ({
    reason: reasonOf(of, attempt, sentBefore),
    ...payerOf(step.purse, context.account, step.book),
    line: lineOf(step),
    character: step.character,
    voice: 'voiceId' in step.voice ? step.voice.voiceId : step.voice.enrollment.key,
    model: step.model,
    key: step.key,
    ...(rate?.kind === 'tokens' ? tokensOf(step.text) : { ...NO_TOKENS, characters: billedUnits(step.text) }),
    nanos: full,
  }));
  const measured = ({ usage }: Pick<Answer, 'usage'>): Partial<SentCall> => {
    const nanos = rate === undefined ? null : ((usage === undefined ? undefined : usedNanos(rate, usage)) ?? most);
    if (usage === undefined) return { nanos };
    if ('characters' in usage) return { ...NO_TOKENS, characters: usage.characters, nanos };
    return { characters: null, inputTokens: usage.input_tokens, outputTokens: usage.output_tokens, nanos };
  };
  return {
    ...recorderOf(record, {
      answered: (answer) => record.ended('answered', { ...measured(answer), simulated: answer.simulated }),
      failed: (error) => {
        if (isRefusal(error) && !isRefusalAfterSound(error, seconds)) return record.ended('void', FREE);
        if (error instanceof SilentResponse) return record.ended('answered', measured(error));
        return record.ended('lost', { nanos: full });
      },
      beforeSending: () => {
        [full, seconds] = [most, 0];
      },
    }),
    heard(more) {
      seconds += more;
      // As the budget does: endless speech reserves the full price again and again.
      if (rate === undefined || most === null || most === 0) return;
      const now = most * Math.max(1, Math.ceil(soundNanos(rate, seconds) / most));
      if (now > (full ?? 0)) record.grown({ nanos: now });
      full = now;
    },
  };
}

/** Records the creation of a voice. `isRefused`: the service certainly made none. */
export function recordVoice(
  { step, context }: { step: EnrollStep; context: EnrollContext },
  { isRefused }: { isRefused: (error: unknown) => boolean },
): CallRecorder {
  const payer = step.purse?.payer ?? context.payer;
  const nanos = step.purse?.enrolmentNanos ?? context.payer?.enrolmentNanos ?? null;
  const record = recorder(context, () => ({
    reason: 'voice',
    ...payerOf({ ...step.purse, payer }, context.account),
    line: null,
    character: step.characters.join(', '),
    voice: step.key,
    model: step.model,
    key: step.key,
    ...NO_TOKENS,
    nanos,
  }));
  const ends = {
    answered: ({ simulated }: Answer) => record.ended('answered', { simulated }),
    failed: (error: unknown) => (isRefused(error) ? record.ended('void', FREE) : record.ended('lost', {})),
  };
  return { ...recorderOf(record, ends), heard: () => undefined };
}

/** Records a call that has the words of a take heard. `nanos`: the most that it should cost. */
export function recordHearing(of: {
  step: SynthesizeStep;
  take: { durationSeconds: number; voiceId: string };
  context: Pick<JobContext, 'spending' | 'account' | 'recogniser'>;
  nanos: number;
}): CallRecorder {
  const { step, take, context, nanos } = of;
  const hearing = step.purse?.hearing;
  const record = recorder(context, () => ({
    reason: 'hearing',
    ...payerOf(step.purse, context.account, step.book),
    line: lineOf(step),
    character: step.character,
    voice: take.voiceId,
    model: context.recogniser?.model ?? '',
    key: step.key,
    ...NO_TOKENS,
    nanos: hearing?.rate === undefined ? null : nanos,
  }));
  const ends = {
    answered: ({ simulated, usage }: Answer) => {
      if (usage === undefined || 'characters' in usage) return record.ended('answered', { simulated });
      const cost = hearing?.rate === undefined ? null : heardNanos(hearing, usage);
      const { input_tokens: inputTokens, output_tokens: outputTokens } = usage;
      return record.ended('answered', { simulated, inputTokens, outputTokens, nanos: cost });
    },
    failed: (error: unknown) => (isRefusal(error) ? record.ended('void', FREE) : record.ended('lost', {})),
  };
  return { ...recorderOf(record, ends), heard: () => undefined };
}

/** What a call costs that the service refused. A failed one is recorded too: a call without an end is one of a killed process. */
const FREE = { nanos: 0 };

function recorderOf(
  record: ReturnType<typeof recorder>,
  ends: {
    answered(answer: Answer): Promise<void>;
    failed(error: unknown): Promise<void>;
    beforeSending?(): void;
  },
): Omit<CallRecorder, 'heard'> {
  let recorded = Promise.resolve();
  return {
    recorded: () => recorded,
    async sending(permission = (sent) => sent()) {
      ends.beforeSending?.();
      let sent: Promise<void> | undefined;
      try {
        await permission(() => {
          sent ??= record.sent();
          return sent;
        });
      } catch (error) {
        if (sent === undefined) throw error;
        // In this order, so that the call does not end as one that was sent.
        await sent;
        await record.ended('void', FREE);
        throw error;
      }
    },
    async watch(call) {
      try {
        const answer = await call();
        // A failure is no reason to lose what was paid: a call without an end counts at its full price.
        recorded = ends.answered(answer).catch(() => undefined);
        return answer;
      } catch (error) {
        await ends.failed(error);
        throw error;
      }
    },
  };
}

/** What a recorder writes, apart from when and under which name. */
type Facts = Omit<SentCall, 'id' | 'at'>;

function recorder({ spending }: Pick<JobContext, 'spending'>, factsOf: (sentBefore: boolean) => Facts) {
  let call: SentCall | undefined;
  let sentBefore = false;
  return {
    async sent(): Promise<void> {
      call = { id: randomUUID(), at: new Date().toISOString(), ...factsOf(sentBefore) };
      sentBefore = true;
      await spending.sent(call);
    },
    /** Of a process that is killed before the end, the ledger shall not tell less than was reserved. */
    grown(facts: Partial<SentCall>): void {
      if (call === undefined) return;
      call = { ...call, ...facts };
      spending.sent(call).catch(() => undefined);
    },
    async ended(end: 'answered' | 'lost' | 'void', facts: Partial<SentCall>): Promise<void> {
      const ended = call;
      call = undefined;
      if (ended !== undefined) await spending.ended({ ...ended, ...facts, end });
    },
  };
}

const NO_TOKENS = { characters: null, inputTokens: null, outputTokens: null };

/** What the answer to a text should count, at its usual length. */
function tokensOf(text: string): Pick<SentCall, 'characters' | 'inputTokens' | 'outputTokens'> {
  const { input } = estimatedTokens({ billedCharacters: billedUnits(text), audioSeconds: 0 });
  return { characters: null, inputTokens: input, outputTokens: null };
}

function reasonOf(
  { step, isDoubted, tries }: { step: SynthesizeStep; isDoubted: boolean; tries: number },
  { attempt }: Attempt,
  sentBefore: boolean,
): PaidReason {
  if (sentBefore) return 'retry';
  if (isDoubted) return 're-take';
  if (tries > 0 || attempt > 1) return 'retry';
  return step.retake === undefined && !step.purse?.payer?.isRetake ? 'first' : 're-take';
}

function payerOf(
  purse: { id?: string; payer?: Partial<PayingRun> | undefined } | undefined,
  account: string,
  book?: string,
): Pick<
  SentCall,
  'book' | 'author' | 'run' | 'budget' | 'currency' | 'account' | 'realm' | 'simulated' | 'isOlderBook'
> {
  const payer = purse?.payer ?? {};
  return {
    book: payer.book ?? book ?? null,
    author: payer.author ?? null,
    run: payer.run ?? null,
    ...(purse?.id !== undefined && { budget: purse.id }),
    currency: payer.currency ?? null,
    account,
    realm: payer.realm ?? '',
    simulated: payer.simulated === true ? true : null,
    ...(payer.isOlderBook && { isOlderBook: true }),
  };
}

/** `3:37`; of a job of an earlier version, which has no line, the chapter alone. */
function lineOf({ chapter, line }: SynthesizeStep): string {
  return line === undefined ? String(chapter) : `${chapter}:${line}`;
}
