/** What the parts that make a take pass to each other. Shapes only. */
import type { NarrowBand } from '../src/audio/listening/narrow-band.ts';
import type { Flight } from '../src/limits.ts';
import type { CallCounts, StepResult, SynthesizeStep } from '../src/plan/step.ts';
import type { MeasuredTake } from '../src/qc/measured-take.ts';
import type { TakeChange, TakeRecord } from '../src/store/takes.ts';
import type { Attempt, JobContext } from './context.ts';

/** A segment that a worker speaks. */
export interface SpeakTask {
  step: SynthesizeStep;
  attempt: Attempt;
  context: JobContext;
  calls: CallCounts;
  /** The lock of the take's key. */
  flight: Flight;
  /** Set when the voice had to be enrolled, or adopted from the service, before the segment could be spoken. */
  cloned: { voice?: StepResult['cloned'] };
}

/** A stored take that is to be heard. */
export interface HearTask {
  step: SynthesizeStep;
  attempt: Attempt;
  context: Pick<
    JobContext,
    'store' | 'account' | 'ears' | 'recogniser' | 'habits' | 'samples' | 'cast' | 'budgets' | 'spending'
  >;
  take: TakeRecord;
  /** The lock of the take's key; absent: a command hears it, and no worker would. */
  flight?: Flight | undefined;
}

/** One try of a take. */
export interface Try {
  /** On a connection that has not spoken yet. */
  fresh: boolean;
  /** How often the text was spoken before. */
  tries: number;
  /** An earlier take of it has sound and was doubted. */
  isDoubted: boolean;
  /** The text in pieces that are spoken one after another; absent: as a whole. */
  pieces?: readonly string[] | undefined;
  /** What is different from the try before; absent: it is the first. */
  changed?: TakeChange | undefined;
}

/** What the sound of a try is judged with, beside its record, while it is still in memory. */
export interface SoundInHand {
  measured: MeasuredTake;
  narrow: NarrowBand | undefined;
}

/** One try: the take as spoken and measured. `take` is absent when it has no sound. */
export interface TakeTry {
  take?: TakeRecord;
  /** What it can be heard with while it is in memory. */
  sound?: SoundInHand;
  billedCharacters: number;
  /** Why there is no take, for a person. */
  problem?: string;
  /** Charges the try. Called when it is stored, or when it cannot be; never rejects. */
  settle?(): Promise<void>;
}
