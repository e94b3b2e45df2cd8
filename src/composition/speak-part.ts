/** Speaks a part of a book beside a run: a line again, or lines to listen to before a change. */
import type { Account } from '../account.ts';
import type { Book, ModelChoice } from '../book/load-book.ts';
import type { Config } from '../config/config.ts';
import { PipelineError } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { planNanos } from '../plan/plan-totals.ts';
import { nanosText } from '../plan/price.ts';
import type { PlanTerms } from '../plan/report.ts';
import type { SynthesizeStep } from '../plan/step.ts';
import type { Work } from '../run/run-options.ts';
import { type SpokenLines, speakLines } from '../run/speak-lines.ts';
import type { Store } from '../store/store.ts';
import { keepChosenModel } from './choose-model.ts';

/** A part of a plan, and what may be spent on it. */
export interface PricedPart {
  part: Plan;
  terms: PlanTerms;
}

/**
 * Throws `over-budget` when the part costs more than the budget has left.
 *
 * @param what `This`, `The lines to listen to`
 * @param nothing what did not happen: `Nothing was sent.`
 */
export function throwIfOverBudget(
  { part, terms }: PricedPart,
  { what, nothing }: Record<'what' | 'nothing', string>,
): void {
  const { tariff, budgetNanos, grant } = terms;
  const planned = planNanos(part, tariff);
  if (budgetNanos === undefined || planned === undefined) return;
  const left = Math.max(0, budgetNanos - (grant?.spentNanos ?? 0));
  if (planned.nanos <= left) return;
  const [price, budget] = [planned.nanos, left].map((nanos) => nanosText(nanos, planned.currency));
  const message = `${what} would cost ${price}, more than the ${budget} that the budget has left. ${nothing} Raise the budget (--budget, or "budget:" in the manifest).`;
  throw new PipelineError({ code: 'over-budget', message, retry: 'never' });
}

/**
 * Speaks `segments` with the voices of the part. The budget of the manifest is a grant, which a later run continues; that of
 * `--budget` is for this command alone. Rejects as `speakLines` and opening the queue do.
 */
export async function speakPart(
  of: PricedPart & {
    segments: readonly SynthesizeStep[];
    book: Book;
    /** Of a book without `model:`; it is kept from now on. */
    modelChoice?: ModelChoice | undefined;
    config: Config;
    account: Account;
    store: Store;
    /** Whether a person asked for it in place of a take. */
    isRetake?: boolean | undefined;
    /** Opens the queue and its workers. Default: those of a process of its own. */
    openWork?: (() => Promise<Work>) | undefined;
    /** Called when a step has its result. */
    onResult?: (() => void) | undefined;
    /** Shows who has the store, and what a step tells. */
    notice: (message: string) => void;
    signal: AbortSignal;
  },
): Promise<SpokenLines> {
  const { part, terms, segments, book, modelChoice, config, account, store, isRetake, notice, signal } = of;
  await storeRecordings({ book, store, segments });
  await keepChosenModel({ store, account, manifest: book.manifest, choice: modelChoice });
  const open = async (): Promise<Work> => {
    const { openWorkbench } = await import('./workbench.ts');
    return openWorkbench({ config, account, model: book.manifest.model, store, notice, signal });
  };
  return speakLines({
    work: await (of.openWork ?? open)(),
    voices: part.voices.map(({ step }) => step),
    segments: [...new Map(segments.map((step) => [step.key, step])).values()],
    tariff: terms.tariff,
    hearing: terms.hearing,
    budgetNanos: terms.budgetNanos,
    granted: grantOf({ part, terms }, store),
    payer: {
      book: part.title,
      author: part.delivery.author,
      realm: account.realm,
      ...(config.simulate && { simulated: true }),
      ...(isRetake && { isRetake: true }),
    },
    ...(of.onResult && { onResult: of.onResult }),
    emit: (event) => {
      if (event.type === 'notice') notice(event.message);
    },
    signal,
  });
}

/**
 * A voice that the service has lost is cloned again, and one's own server gets the sample with each text; a line that its author
 * has recorded is converted from that.
 */
async function storeRecordings(of: { book: Book; store: Store; segments: readonly SynthesizeStep[] }): Promise<void> {
  const needed = new Set(
    of.segments.flatMap(({ voice, pickup }) => [
      ...('enrollment' in voice ? [voice.enrollment.sample.digest] : []),
      ...(pickup === undefined ? [] : [pickup.digest]),
    ]),
  );
  for (const { asset, read } of [...of.book.samples.values(), ...of.book.pickups.values()])
    if (needed.has(asset.digest)) await of.store.putBlob(await read());
}

function grantOf({ part, terms }: PricedPart, store: Store): Parameters<typeof speakLines>[0]['granted'] {
  const { grantId, budgetNanos, tariff } = terms;
  if (grantId === undefined || budgetNanos === undefined) return undefined;
  const grant = { id: grantId, title: part.title, grantedNanos: budgetNanos, currency: tariff.currency };
  const book = { title: part.title, author: part.delivery.author };
  return { store, allowance: { grant, further: undefined, plannedNanos: planNanos(part, tariff)?.nanos ?? 0, book } };
}
