/** `pipeline run --detach`: submits a book to the workers and exits. */
import type { Account } from '../../account.ts';
import type { Book } from '../../book/load-book.ts';
import { withBookQueue } from '../../composition/shared-queue.ts';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Emit } from '../../events.ts';
import { planTotals } from '../../plan/plan-totals.ts';
import { planReport } from '../../plan/report.ts';
import { overBudgetError, planRun, planTermsOf } from '../../run/plan.ts';
import type { Terms } from '../../run/run-options.ts';
import type { Store } from '../../store/store.ts';
import { findControlRequest, putControlRequest, putSubmission } from '../../store/submissions.ts';
import { bundleBook } from '../../submissions/book-bundle.ts';
import { declareBookNeeds } from '../../submissions/book-needs.ts';
import { submissionOf } from '../../submissions/run-submission.ts';
import { EXIT } from '../command-line/exit-codes.ts';

/** Exit code 0 when the book is submitted. Fails with `queue-unreachable` without a shared queue, and with `over-budget`. */
export async function detach(of: {
  book: Book;
  config: Config;
  account: Account;
  store: Store;
  terms: Terms;
  emit: Emit;
  flags: { budget?: string; retryRefused?: boolean; lock?: boolean; locked?: boolean };
}): Promise<number> {
  const { book, config, account, store, terms, emit, flags } = of;
  refuseOtherModes(config, flags);
  return withBookQueue({ config, account, store, what: '--detach needs a shared queue' }, async (leases) => {
    const plan = await planRun({ book, store, account });
    const planTerms = await planTermsOf({ store, account, terms }, plan);
    const report = planReport(plan, planTerms, { mostChanges: 0 });
    emit({ type: 'run.planned', ...planTotals(plan, planTerms.tariff), plan: report });
    if (report.budget?.kept === false) throw overBudgetError({ terms: planTerms }, plan);
    const { budget, retryRefused, lock: keepLock = false } = flags;
    const submission = {
      ...submissionOf({ book, account, outDir: config.outDir, grant: terms.grantId }),
      content: await bundleBook(store, book),
      ...(budget === undefined ? {} : { budget }),
      ...(retryRefused === undefined ? {} : { retryRefused }),
      keepLock,
    };
    const { id, title } = submission;
    // Nothing that it needs is deleted while it waits.
    await declareBookNeeds(store, { book, account, submission });
    await putSubmission(store, submission);
    if ((await findControlRequest(store, id)) === 'cancel') await putControlRequest(store, id, undefined);
    await leases.announce(id);
    emit({ type: 'run.submitted', id, title, deliverers: await leases.conductors() });
    return EXIT.ok;
  });
}

function refuseOtherModes(config: Config, { locked }: { locked?: boolean }): void {
  if (config.simulate) {
    throw new ConfigError(
      '--detach and --simulate do not go together: the simulator would end with this process. Start `pipeline simulate`, and set its addresses for the workers and this run.',
    );
  }
  if (locked)
    throw new ConfigError(
      '--detach and --locked do not go together: a locked run calls no service and needs no workers. Omit --detach.',
    );
}
