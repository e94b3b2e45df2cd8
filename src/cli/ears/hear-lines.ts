/** Hears the stored takes of lines, as a worker would hear new ones. */
import { randomUUID } from 'node:crypto';
import { hearTake } from '../../../jobs/hear-take.ts';
import { soundOf, voiceOf } from '../../../jobs/judge-sound.ts';
import { createSampleHabits } from '../../../jobs/sample-habits.ts';
import type { HearTask } from '../../../jobs/take-try.ts';
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { openEars } from '../../audio/listening/ears.ts';
import { openRecogniser } from '../../composition/hearing.ts';
import { openService } from '../../composition/service.ts';
import { interrupted, PipelineError } from '../../errors.ts';
import type { TakeDoubt } from '../../events.ts';
import type { OpenedBook } from '../../library/opened-book.ts';
import type { BookLine } from '../../plan/book-lines.ts';
import { type HearingTerms, hearingRef } from '../../plan/hearing.ts';
import type { BudgetRef, SynthesizeStep } from '../../plan/step.ts';
import { createCast } from '../../qc/cast.ts';
import { type HabitVoice, nameOfVoice } from '../../qc/voice-habits.ts';
import { openLimits } from '../../queue/limits/limits.ts';
import { openSpendingLedger } from '../../store/spending/spending-ledger.ts';
import type { TakeRecord } from '../../store/takes.ts';
import { openVoiceHabits } from '../../store/voice-habits.ts';

/** A line whose take was heard. */
export interface HeardLine {
  number: string;
  character: string;
  text: string;
  /** Worst first. */
  doubts: TakeDoubt[];
  /** Its take had no doubt when it was made. */
  isNew: boolean;
}

/** How the words of takes were judged. */
export interface WordCounts {
  model: string;
  ok: number;
  drift: number;
  inconclusive: number;
}

/** Takes heard at once: a recogniser of the service answers a few calls side by side. */
const AT_ONCE = 4;

/** A take whose sound cannot be read is the worst. */
const UNREADABLE: TakeDoubt = {
  check: 'no-sound',
  measured: 'its sound is missing or damaged in the store',
  wanted: 'the sound that was stored',
  badness: 4,
};

/**
 * Hears each take; `hearing`: also its words, paid from `budgetNanos` (undefined: no limit). Changes no take. After `signal`, what is
 * being heard is finished, because it is paid for; then it rejects.
 */
export async function hearLines(of: {
  opened: OpenedBook;
  stored: readonly { line: BookLine; records: readonly TakeRecord[] }[];
  hearing: HearingTerms | undefined;
  budgetNanos: number | undefined;
  signal: AbortSignal;
}): Promise<{ heard: HeardLine[]; words: WordCounts | undefined }> {
  const { opened, stored, hearing, budgetNanos, signal } = of;
  const undo: (() => unknown)[] = [];
  try {
    const context = await contextOf(of, undo);
    const budget = randomUUID();
    await context.budgets.open(budget, budgetNanos ?? null);
    const purse = purseOf(opened, hearing, budget);
    await meetCast(of, context);
    const heard: HeardLine[] = [];
    const verdicts = { ok: 0, drift: 0, inconclusive: 0 };
    const waiting = [...stored.entries()];
    // Lines that are alike have one take, which is heard once.
    const takesHeard = new Map<string, Promise<TakeRecord>>();
    const hear = (step: SynthesizeStep, take: TakeRecord): Promise<TakeRecord> => {
      const known = takesHeard.get(step.key) ?? hearStored({ step, take, context });
      takesHeard.set(step.key, known);
      return known;
    };
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, { line, records }] = next;
        const takes: TakeRecord[] = [];
        for (const [index, take] of records.entries()) {
          signal.throwIfAborted();
          const step = { ...line.segments[index]!, purse };
          takes.push(await hear(step, take));
        }
        if (hearing !== undefined) for (const take of takes) verdicts[take.hearing?.verdict ?? 'inconclusive'] += 1;
        const doubts = takes.flatMap((take) => take.doubts ?? []).sort((a, b) => b.badness - a.badness);
        const isNew = doubts.length > 0 && records.every((record) => record.doubts === undefined);
        heard[at] = { number: line.number, character: line.character, text: line.words, doubts, isNew };
      }
    };
    const stopAll = (error: unknown): never => {
      waiting.length = 0;
      throw error;
    };
    const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stopAll)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw signal.aborted ? interrupted('hearing takes') : failed.reason;
    return { heard, words: hearing && { model: hearing.model, ...verdicts } };
  } finally {
    for (const one of undo.reverse()) await one();
  }
}

/** The voices of all takes, so that the first one is compared with those that come later. */
async function meetCast(
  { stored }: Parameters<typeof hearLines>[0],
  { habits, cast }: HearTask['context'],
): Promise<void> {
  const voices = new Map<string, { book: string; voice: HabitVoice }>();
  for (const { line, records } of stored)
    for (const [index, { voiceId }] of records.entries()) {
      const step = line.segments[index]!;
      const voice = voiceOf(step, voiceId);
      voices.set(nameOfVoice(voice), { book: step.book ?? '', voice });
    }
  for (const { book, voice } of voices.values()) cast?.met(book, voice, (await habits.of(voice, ''))?.print);
}

async function hearStored(of: {
  step: SynthesizeStep;
  take: TakeRecord;
  context: HearTask['context'];
}): Promise<TakeRecord> {
  const { take, context } = of;
  // The author's own recording has no voice whose takes it could be compared with.
  if (take.pickup !== undefined) return take;
  const { hearing: _before, ...unheard } = take;
  const pcm = await context.store.readBlob(take.pcm.digest).catch((error: unknown) => {
    if (error instanceof PipelineError && error.code === 'store-damaged') return undefined;
    throw error;
  });
  if (pcm === undefined) return { ...unheard, doubts: [UNREADABLE] };
  const sound = soundOf(pcm, take.sampleRateHz);
  const attempt = { signal: new AbortController().signal, attempt: 1 };
  return hearTake({ ...of, take: unheard, sound, attempt });
}

async function contextOf(
  { opened, hearing }: { opened: OpenedBook; hearing: HearingTerms | undefined },
  undo: (() => unknown)[],
): Promise<HearTask['context']> {
  const { config, account, store } = opened;
  const limits = openLimits(
    { redis: undefined, prefix: 'ears' },
    { account: account.id, enrollPerSecond: 1, sessionsAtOnce: AT_ONCE },
  );
  undo.push(() => limits.close());
  const ears = openEars({ threads: config.listeningThreads });
  undo.push(() => ears.close());
  const habits = openVoiceHabits(store);
  // Without ffmpeg, takes of voices that nobody knows yet are judged without their samples.
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv }).catch(() => undefined);
  const service = hearing && (await serviceFor(config));
  if (service !== undefined) undo.push(() => service.close());
  const recogniser =
    hearing &&
    openRecogniser(
      config,
      service && { ...service, httpBaseUrl: service.inferenceHttpUrl, limiter: limits.callLimiter },
    );
  return {
    ...{ store, account: account.id, ears, budgets: limits.budgets },
    spending: openSpendingLedger(store),
    habits: { of: habits.of, learn: async () => undefined },
    ...(ffmpeg && { samples: createSampleHabits({ store, ffmpeg, ears }) }),
    cast: createCast(),
    ...(recogniser && { recogniser }),
  };
}

async function serviceFor(config: OpenedBook['config']) {
  if (!config.simulate && config.hearing.url !== undefined) return undefined;
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  return openService({ config, ffmpeg, notice: () => undefined });
}

function purseOf({ book, account, config }: OpenedBook, hearing: HearingTerms | undefined, id: string): BudgetRef {
  const { title, author = '' } = book.manifest;
  const payer = {
    ...{ run: id, book: title, author, currency: hearing?.currency ?? 'CNY', realm: account.realm },
    ...(config.simulate && { simulated: true as const }),
  };
  return { id, enrolmentNanos: 0, payer, ...hearingRef(hearing) };
}
