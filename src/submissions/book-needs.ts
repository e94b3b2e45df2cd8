/** Declares what a submitted book needs from the store, so that `pipeline store prune` keeps it. */
import type { Account } from '../account.ts';
import type { Book } from '../book/load-book.ts';
import { keysOfDraft } from '../plan/named-keys.ts';
import { draftRun } from '../run/plan.ts';
import { declareNeeds } from '../store/needs.ts';
import type { Store } from '../store/store.ts';
import type { Submission } from '../store/submissions.ts';

/** Call it before the plan asks what exists. Never fails: a store that cannot be written cannot be pruned either. */
export async function declareBookNeeds(
  store: Store,
  { book, account, submission }: { book: Book; account: Account; submission: Submission },
): Promise<void> {
  const { id, revision, title, author } = submission;
  const needs = { revision, title, author, keys: keysOfDraft(draftRun({ book, account })) };
  await declareNeeds(store, id, needs).catch(() => undefined);
}
