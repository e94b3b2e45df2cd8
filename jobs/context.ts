/** What a processor works with. The composition root makes it once per process; tests make their own. */

import type { Ffmpeg } from '../src/audio/ffmpeg/ffmpeg-binary.ts';
import type { Ears } from '../src/audio/listening/ears.ts';
import { interrupted } from '../src/errors.ts';
import type { Recogniser } from '../src/hearing/recogniser.ts';
import type { Budgets, Flight, SingleFlight } from '../src/limits.ts';
import type { BindStep, CallCounts, MasterStep, PayingRun, StepResult } from '../src/plan/step.ts';
import type { Cast } from '../src/qc/cast.ts';
import type { VoiceHabits } from '../src/qc/voice-habits.ts';
import { startStopwatch } from '../src/signals.ts';
import type { CallOptions, EnrolmentClient, Speaker } from '../src/speech/engine.ts';
import type { SpendingLedger } from '../src/store/spending/spending-ledger.ts';
import type { Store } from '../src/store/store.ts';
import type { CloneWatch } from './clone-watch.ts';
import type { RetakeLimit } from './retake-limit.ts';
import type { SampleHabits } from './sample-habits.ts';

/** Everything in a process that carries out steps. */
export interface JobContext {
  /** Names this process in its results. */
  workerId: string;
  store: Store;
  /** The account whose voices the ledger returns. */
  account: string;
  /** The account's voices, of every engine. */
  enrolment: EnrolmentClient;
  /** Speaks with every engine. */
  sessions: Speaker;
  ffmpeg: Ffmpeg;
  /** One worker at a time per key, over all machines of the account. */
  singleFlight: SingleFlight;
  /** How the voices usually speak. */
  habits: VoiceHabits;
  /** What the samples of the voices show, until the voices are known; absent: nothing. */
  samples?: SampleHabits;
  /** The voices of each book; absent: a take is compared with its own voice alone. */
  cast?: Cast;
  /** Listens to whole takes; absent: takes are only measured while they arrive. */
  ears?: Ears;
  /** Hears the words of takes; absent: nobody does. */
  recogniser?: Recogniser;
  /** How many doubtful takes a book may have spoken again; absent: all. */
  retakes?: RetakeLimit;
  /** Voices that were asked for without an answer, as far as this process knows. */
  clones: CloneWatch;
  /** Reserves the price of each step that belongs to a run's budget. */
  budgets: Budgets;
  /** Records every paid call in the store. */
  spending: SpendingLedger;
  /**
   * When the account is full, delete our least recently used voice if it is unused for at least this many days;
   * undefined: never delete a voice.
   */
  freeVoicesAfterDays?: number | undefined;
}

/** What an enrolment needs: it opens no session. */
export type EnrollContext = Omit<JobContext, 'sessions' | 'habits' | 'cast' | 'ears' | 'recogniser' | 'retakes'> & {
  /** Who pays for a voice without a budget: `pipeline voices`, which knows no book. */
  payer?: Pick<PayingRun, 'currency' | 'realm' | 'simulated'> & { enrolmentNanos: number };
};

/** What the queue passes to a processor about the attempt. */
export interface Attempt {
  /** Aborts when the worker must stop. */
  signal: AbortSignal;
  /** 1-based number of this attempt. */
  attempt: number;
  /** Something that costs money is sent now: a worker that stops may wait longer for its end. */
  onPaid?(): void;
  /** Priority among the steps in progress in this process; the lowest number goes first. */
  priority?: number;
  /** Reports how much of the step is finished, 0 to 1; may be called often. */
  onProgress?(share: number): void;
}

/**
 * Call it last before something that costs money is sent: it may `leave` in the account's pace, the accounts `reserve` its price,
 * and then the ledger gets the `note` that it is sent. In this order, so that a process that is killed while it waits for anybody
 * has noted nothing: only in the moment between the note and the first byte does a kill leave a note of what was never sent. Send
 * at once when it resolves. Rejects with `interrupted` when the worker stops, or when another one may have the step by now, and
 * like the three functions: send nothing then.
 */
export async function leaveAndPay(
  { flight, attempt }: { flight: Flight | undefined; attempt: Attempt },
  {
    leave,
    reserve,
    note,
  }: {
    leave?: (() => Promise<void>) | undefined;
    reserve?: (() => Promise<void> | undefined) | undefined;
    note: () => Promise<unknown>;
  },
): Promise<void> {
  const throwUnlessOurs = async (): Promise<void> => {
    await flight?.confirm();
    if (attempt.signal.aborted) throw interrupted('paying for a step');
  };
  // What holds up one call holds up those of others too, and they would all leave together.
  const againIfLate = async (left: ReturnType<typeof startStopwatch>): Promise<void> => {
    if (left.ms() > LATE_MS) await leave?.();
  };
  await leave?.();
  let left = startStopwatch();
  await throwUnlessOurs();
  await reserve?.();
  await againIfLate(left);
  await throwUnlessOurs();
  left = startStopwatch();
  await note();
  await againIfLate(left);
  await throwUnlessOurs();
  attempt.onPaid?.();
}

/** A call that has not left so long after it might, in milliseconds, waits once more. */
const LATE_MS = 500;

/** The result of a processor that calls no service, from the record that it made or found. */
export function stepResultOf(of: {
  step: MasterStep | BindStep;
  outcome: StepResult['outcome'];
  record: { durationSeconds: number; simulated: boolean };
  context: JobContext;
}): StepResult {
  const { step, outcome, record, context } = of;
  return {
    kind: step.kind,
    key: step.key,
    outcome,
    calls: noCalls(),
    billedCharacters: 0,
    audioSeconds: record.durationSeconds,
    simulated: record.simulated,
    worker: context.workerId,
  };
}

/** No calls: the initial count of a processor, and the count of one that found its result in the store. */
export function noCalls(): CallCounts {
  return { enroll: 0, list: 0, synthesize: 0 };
}

/** Options of a question about voices: ended by the attempt's signal, each call counted. */
export function countedCalls({ signal }: Attempt, calls: CallCounts): CallOptions {
  return {
    signal,
    onCall: (kind) => {
      // A deletion makes room in a full account, and is none of the calls that a run reports.
      if (kind !== 'delete') calls[kind] += 1;
    },
  };
}
