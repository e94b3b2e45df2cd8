/** Single segments of a book: what speaking them needs and costs. For the commands and the library. */
import { furtherDiagnostics } from '../composition/further-diagnostics.ts';
import { termsOf } from '../composition/prices-and-budget.ts';
import type { PricedPart } from '../composition/speak-part.ts';
import { voiceDiagnostics } from '../composition/voice-diagnostics.ts';
import { ConfigError } from '../config/values.ts';
import type { Money } from '../events/plan-report.ts';
import { planForSegments } from '../lines/part-of-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { type PlanTotals, planNanos, planTotals } from '../plan/plan-totals.ts';
import { moneyOf } from '../plan/price.ts';
import type { PlanTerms } from '../plan/report.ts';
import type { SynthesizeStep } from '../plan/step.ts';
import { planRun, planTermsOf } from '../run/plan.ts';
import type { SpokenLines } from '../run/speak-lines.ts';
import { findVoice } from '../store/ledger.ts';
import type { OpenedBook } from './opened-book.ts';

/** What speaking the segments needs and costs. Throws `ConfigError` when the book has an error that a run would refuse. */
export async function priceSegments(
  opened: OpenedBook,
  of: {
    segments: readonly SynthesizeStep[];
    flags: { budget?: string };
    signal: AbortSignal;
    grantId?: string | undefined;
  },
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

/** What it really cost; null when the price is unknown, or the record of it was lost. */
export function costOf(part: Plan, { tariff }: PlanTerms, { balance }: SpokenLines): Money | null {
  const planned = planNanos(part, tariff);
  if (planned === undefined || balance === undefined) return null;
  return moneyOf(balance.spentNanos + balance.reservedNanos - balance.unsentNanos, planned.currency);
}
