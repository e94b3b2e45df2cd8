/** Further takes of a line, within a budget. All are kept, and none is chosen. */
import { speakPart, throwIfOverBudget } from '../composition/speak-part.ts';
import { ConfigError } from '../config/values.ts';
import type { Money } from '../events/plan-report.ts';
import type { ReportedFailure } from '../events.ts';
import { type PlannedTakes, planTakes } from '../lines/retake.ts';
import { storedTakes } from '../lines/stored-takes.ts';
import { type Variation, variationProblem } from '../lines/variation.ts';
import { MOST_TAKES } from '../manifest/fields/take-number.ts';
import { type BookLine, chosenTake, isPickup } from '../plan/book-lines.ts';
import { newGrantId } from '../submissions/grant-id.ts';
import { shownTake, type Take } from './line-takes.ts';
import { completeLine, type OpenedBook } from './opened-book.ts';
import { costOf, priceSegments } from './price-segments.ts';

/** Options of `retake`. */
export interface RetakeOptions {
  /** How many further takes. Default: 1. */
  takes?: number | undefined;
  /** What to speak instead of the written words. */
  say?: string | undefined;
  /** How to speak it, for models that take directions. */
  direction?: string | undefined;
  /** The most that it may cost, such as `"0.50 CNY"`. Default: what is left of the manifest's budget. */
  budget?: string | undefined;
  /** Ends it: what was spoken is kept. */
  signal?: AbortSignal | undefined;
}

/** What was spoken. */
export interface Retake {
  /** Number of the line. */
  line: string;
  character: string;
  text: string;
  /** The new takes; fewer than asked for when some failed. */
  takes: Take[];
  failures: ReportedFailure[];
  /** What it cost; null when the price is unknown. */
  cost: Money | null;
  simulated: boolean;
}

/** The takes that are to be spoken, of a line of the book. */
export interface PlannedRetake extends PlannedTakes {
  line: BookLine;
}

/** Which takes they are. Throws `ConfigError` for a line that is not there or can have no such takes. */
export async function plannedRetake(
  opened: OpenedBook,
  of: { line: string; takes?: number | undefined } & Variation,
): Promise<PlannedRetake> {
  const { book, account, store } = opened;
  const { takes = 1, say, direction } = of;
  if (!Number.isInteger(takes) || takes < 1) throw new ConfigError('takes must be a whole number from 1.');
  const line = completeLine(opened, of.line);
  const problem = isPickup(line)
    ? `${line.number} is a recording of the author's, so it has no other takes.`
    : variationProblem({ book, line, say, direction }, { say: 'say', direction: 'direction' });
  if (problem !== undefined) throw new ConfigError(`${problem} Nothing was done.`);
  const planned = await planTakes({ book, account, store, line, takes, say, direction });
  if (planned.numbers.length === 0)
    throw new ConfigError(`${line.number} has ${MOST_TAKES} takes, as many as a line may have. Nothing was done.`);
  return { line, ...planned };
}

/** Speaks them. Fails with `over-budget`, before anything is sent, when they cost more than the budget has left. */
export async function retakeLine(
  opened: OpenedBook,
  of: PlannedRetake & { budget?: string | undefined; signal: AbortSignal; onResult?: () => void },
): Promise<Retake> {
  const { line, varied, numbers, segments, budget, signal, onResult } = of;
  const flags = budget === undefined ? {} : { budget };
  // A sum of its own is for this call alone; that of the manifest is shared with its runs.
  const grantId = budget === undefined ? undefined : newGrantId();
  const { part, terms } = await priceSegments(opened, { segments, flags, signal, grantId });
  throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
  const spoken = await speakPart({
    ...{ ...opened, part, terms, segments, isRetake: true, signal, onResult },
    notice: () => undefined,
  });
  const [takes = []] = await storedTakes(opened.store, [varied], opened.account.realm);
  return {
    ...{ line: line.number, character: line.character, text: line.words },
    takes: takes.filter(({ number }) => numbers.includes(number)).map((take) => shownTake(take, chosenTake(line))),
    failures: [...spoken.failures.values()],
    cost: costOf(part, terms, spoken),
    simulated: spoken.simulated,
  };
}
