/** Speaks single segments for a person: price first, a question on a terminal, then the calls, within grant and budget. */

import { furtherDiagnostics } from '../../composition/further-diagnostics.ts';
import { termsOf } from '../../composition/prices-and-budget.ts';
import { type PricedPart, speakPart, throwIfOverBudget } from '../../composition/speak-part.ts';
import { voiceDiagnostics } from '../../composition/voice-diagnostics.ts';
import { ConfigError } from '../../config/values.ts';
import type { Money } from '../../events/plan-report.ts';
import { planForSegments } from '../../lines/part-of-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { type PlanTotals, planNanos, planTotals } from '../../plan/plan-totals.ts';
import { moneyOf, moneyText } from '../../plan/price.ts';
import type { PlanTerms } from '../../plan/report.ts';
import type { SynthesizeStep } from '../../plan/step.ts';
import { planRun, planTermsOf } from '../../run/plan.ts';
import { NO_LINES, type SpokenLines } from '../../run/speak-lines.ts';
import { findVoice } from '../../store/ledger.ts';
import type { OpenedBook } from '../lines/open-book.ts';
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

/** What speaking the segments needs and costs. Throws `ConfigError` when the book has an error that a run would refuse. */
export async function priceSegments(
  opened: OpenedBook,
  of: { segments: readonly SynthesizeStep[]; flags: SpeakFlags; signal: AbortSignal; grantId?: string | undefined },
): Promise<PricedPart & { planned: PlanTotals }> {
  const { segments, flags, signal, grantId } = of;
  const { book, store, account } = opened;
  await refuseUnspeakable(opened, signal);
  const plan = await planRun({ book, store, account });
  const voices = await knownVoices(opened, segments);
  const part = planForSegments(plan, segments, (key) => voices.has(key));
  const own = await termsOf(opened.config, book.manifest, flags, { account, grantId });
  const terms = await planTermsOf({ store, account, terms: own }, plan);
  return { part, terms, planned: planTotals(part, terms.tariff) };
}

/** Keys of the cloned voices of these segments that the account has. */
async function knownVoices({ store, account }: OpenedBook, segments: readonly SynthesizeStep[]): Promise<Set<string>> {
  const keys = new Set(segments.flatMap(({ voice }) => ('enrollment' in voice ? [voice.enrollment.key] : [])));
  const found = await Promise.all(
    [...keys].map(async (key) => ((await findVoice(store, key, account.id)) === undefined ? [] : [key])),
  );
  return new Set(found.flat());
}

/** Throws `ConfigError` for an error of the book that a run would refuse. */
export async function refuseUnspeakable(
  { book, store, account, config }: OpenedBook,
  signal: AbortSignal,
): Promise<void> {
  const found = [
    ...(await furtherDiagnostics({ book }, { config, signal })),
    ...(await voiceDiagnostics(book, { config, account, store, signal })),
  ];
  const error = found.find(({ severity }) => severity === 'error');
  if (error !== undefined) throw new ConfigError(`${error.message} Nothing was sent. To see all: pipeline check`);
}

/** `about 0.01 CNY`, with the voices to enroll. */
function priceText({ voices, cost, costs, estimated }: PlanTotals): string {
  const sums = cost === null ? (costs ?? []) : [cost];
  const price =
    sums.length === 0 ? 'price unknown' : `${estimated ? 'about ' : ''}${sums.map(moneyText).join(' and ')}`;
  return voices.enroll === 0 ? price : `${price}, with ${counted(voices.enroll, 'voice')} to enroll`;
}

/** What it really cost; null when the price is unknown, or the record of it was lost. */
export function costOf(part: Plan, { tariff }: PlanTerms, { balance }: SpokenLines): Money | null {
  const planned = planNanos(part, tariff);
  if (planned === undefined || balance === undefined) return null;
  return moneyOf(balance.spentNanos + balance.reservedNanos - balance.unsentNanos, planned.currency);
}
