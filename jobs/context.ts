/** What a processor works with. Made once per process by the composition root; a test makes its own. */
import type { Ffmpeg } from '../src/audio/ffmpeg-binary.ts';
import type { Budgets, SingleFlight } from '../src/limits.ts';
import type { BindStep, CallCounts, MasterStep, StepResult } from '../src/plan/step.ts';
import type { VoiceHabits } from '../src/qc/voice-habits.ts';
import type { EnrolmentClient } from '../src/speech/dashscope/enrolment.ts';
import type { SessionPool } from '../src/speech/dashscope/session-pool.ts';
import type { Store } from '../src/store/store.ts';

/** The parts of one process that do the work. */
export interface JobContext {
  /** Names this process in its results. */
  workerId: string;
  store: Store;
  /** Whose voices the ledger should look for. */
  account: string;
  enrolment: EnrolmentClient;
  sessions: SessionPool;
  ffmpeg: Ffmpeg;
  /** One worker at a time on one key, over all machines of the account. */
  singleFlight: SingleFlight;
  /** How the voices that this process hears usually speak. */
  habits: VoiceHabits;
  /** Asked before anything is spent for a step that belongs to a run's purse. */
  budgets: Budgets;
  /**
   * When the account is full, delete our voice that is unused longest, if it is unused for at least so many days;
   * undefined: never delete anything.
   */
  freeVoicesAfterDays?: number | undefined;
}

/** What an enrolment needs: it opens no session. */
export type EnrollContext = Omit<JobContext, 'sessions' | 'habits'>;

/** What the queue tells a processor about the attempt. */
export interface Attempt {
  /** Aborts when the worker must stop. */
  signal: AbortSignal;
  /** 1-based number of this try. */
  attempt: number;
  /** Which of the steps under way here should go first: the one with the lowest place. */
  priority?: number;
}

/** The answer of a processor that calls no service, from the record that it made or found. */
export function answerOf(of: {
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

/** No calls made: the start of a processor's count, and the answer of one that found its result in the store. */
export function noCalls(): CallCounts {
  return { enroll: 0, list: 0, synthesize: 0 };
}
