/** Speaks single segments for a person: price first, a question on a terminal, then the calls, within grant and budget. */
import { speakPart, throwIfOverBudget } from '../../composition/speak-part.ts';
import type { Money } from '../../events/plan-report.ts';
import type { OpenedBook } from '../../library/opened-book.ts';
import { costOf, priceSegments } from '../../library/price-segments.ts';
import type { PlanTotals } from '../../plan/plan-totals.ts';
import { moneyOf, moneyText } from '../../plan/price.ts';
import type { SynthesizeStep } from '../../plan/step.ts';
import { NO_LINES, type SpokenLines } from '../../run/speak-lines.ts';
import { confirm } from '../screen/confirm.ts';
import { counted, plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';

/** What was asked for and what came of it. */
export interface SpokenSegments {
  /** Undefined when a person said no: nothing was sent. */
  spoken: SpokenLines | undefined;
  /** What it was to cost, and what it did. */
  planned: PlanTotals;
  cost: Money | null;
}

/** Flags of commands that speak. */
export interface SpeakFlags {
  budget?: string;
  yes?: boolean;
  json?: boolean;
}

/**
 * Speaks what the store lacks of these segments. Nobody is asked about simulated speech, which costs nothing. Throws `over-budget`, `ConfigError` without a terminal to ask on and without
 * `--yes`, and what opening the queue throws: nothing was sent then.
 */
export async function speakSegments(of: {
  opened: OpenedBook;
  segments: readonly SynthesizeStep[];
  /** `2 more takes of 3:37`. */
  what: string;
  /** Whether the segments are of a line that a person wants spoken again, for the ledger of spending. Default: no. */
  isRetake?: boolean;
  flags: SpeakFlags;
  terminal: Terminal;
  signal: AbortSignal;
}): Promise<SpokenSegments> {
  const { opened, segments, what, flags, terminal, signal } = of;
  const { part, terms, planned } = await priceSegments(opened, { segments, flags, signal });
  const nothing = { spoken: NO_LINES, planned, cost: moneyOf(0, terms.tariff.currency) };
  if (segments.length === 0) return nothing;
  throwIfOverBudget({ part, terms }, { what: 'This', nothing: 'Nothing was sent.' });
  const price = priceText(planned);
  if (!flags.json) terminal.out(`${what}: ${price}.`);
  if (!(await confirm(`Speak ${what} (${price})?`, { yes: (flags.yes ?? false) || opened.config.simulate, signal })))
    return { ...nothing, spoken: undefined };
  // Stdout stays for the result.
  const notice = (message: string): void => terminal.err(plain(message));
  const spoken = await speakPart({ ...opened, ...of, part, terms, notice });
  return { spoken, planned, cost: costOf(part, terms, spoken) };
}

/** `about 0.01 CNY`, with the voices to enroll. */
function priceText({ voices, cost, costs, estimated }: PlanTotals): string {
  const sums = cost === null ? (costs ?? []) : [cost];
  const price =
    sums.length === 0 ? 'price unknown' : `${estimated ? 'about ' : ''}${sums.map(moneyText).join(' and ')}`;
  return voices.enroll === 0 ? price : `${price}, with ${counted(voices.enroll, 'voice')} to enroll`;
}
