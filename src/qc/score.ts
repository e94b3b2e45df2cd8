/** What makes a take suspect, as a number: the more, the more suspect. Pure. */
import type { TakeDoubt } from '../events.ts';
import type { HeardTake } from './heard-take.ts';
import type { MeasuredTake } from './measured-take.ts';
import type { TakeContext } from './take-context.ts';

/** A score of a heard take. */
export interface Score {
  /** In thresholds.ts. */
  name: string;
  /** The check that doubts the take. */
  check: string;
  severity: 1 | 2 | 3;
  /** What the score grows by from a doubt that is barely one to one that is certain. */
  scale: number;
  /** Undefined when the take cannot be judged by it. */
  of(heard: HeardTake, context: TakeContext, measured: MeasuredTake): number | undefined;
  /** The measurement and the requirement, for people. */
  tell(
    heard: HeardTake,
    context: TakeContext,
    measured: MeasuredTake,
  ): Pick<TakeDoubt, 'measured' | 'wanted' | 'atSeconds'>;
}
