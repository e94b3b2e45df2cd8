/** The state of a run, which its phases share. */
import { randomUUID } from 'node:crypto';
import { openDeliveryFolder } from '../deliver/deliver-files.ts';
import { claimFolder } from '../deliver/folder.ts';
import { type Marks, openMarks } from '../deliver/marks/marks.ts';
import { readMarkedFiles } from '../deliver/marks/read-disclosure.ts';
import { holdsOurFiles } from '../deliver/our-files.ts';
import type { BudgetBalance } from '../limits.ts';
import type { Edition } from '../plan/edition.ts';
import { lastRunKey } from '../plan/keys.ts';
import type { Plan } from '../plan/plan.ts';
import type { PayingRun } from '../plan/step.ts';
import type { GrantBalance } from '../store/grants.ts';
import { findLastRun } from '../store/last-runs.ts';
import { hasSpending } from '../store/spending/read-spending.ts';
import { Deliveries } from './deliveries.ts';
import type { PlannedRun } from './plan.ts';
import { Damage } from './repair.ts';
import type { RunOptions } from './run-options.ts';
import { RunTally } from './run-tally.ts';

/** One run. */
export interface Run {
  readonly options: RunOptions;
  /** The plan with which the run began. */
  readonly plan: Plan;
  /** The same for the whole book; `plan` is a part of it in a run for some chapters. */
  readonly whole: Plan;
  /** Who its steps are paid by, for the ledger of spending. */
  readonly payer: PayingRun;
  /** Where the book is delivered; absolute. */
  readonly folder: string;
  /** What was made so far, and what failed. */
  readonly tally: RunTally;
  readonly deliveries: Deliveries;
  /** Damaged files of the store that the run found. */
  readonly damage: Damage;
  /** The final balance of its budget; undefined when there was no work, or when it is unknown. */
  balance: BudgetBalance | undefined;
  /** Its grant after the run; undefined without one, or when there was no work. */
  grant: GrantBalance | undefined;
}

/** Claims the output folder and announces the plan. Rejects with `over-budget`, or when the folder cannot be written. */
export async function openRun(given: RunOptions, planned: PlannedRun): Promise<Run> {
  const { plan, whole, terms, announcement, overBudget } = planned;
  const options: RunOptions = { ...given, terms };
  const { book, store, simulated, emit, outDir, locked } = options;
  if (overBudget !== undefined) {
    emit(announcement);
    throw overBudget;
  }
  const { title, author = '' } = book.manifest;
  const { folder, notice } = await claimFolder({
    outDir,
    owner: { title, author, store: store.id },
    isUnfinished: (found) => holdsOurFiles({ store, plan: whole, folder: found }),
  });
  await openDeliveryFolder(folder);
  emit(announcement);
  if (notice !== undefined) emit({ type: 'notice', level: 'warning', message: notice });
  const damage = new Damage();
  const onChapter = (): void => tally.chapterDelivered();
  const marks = await marksOf(options, folder);
  const deliveries = new Deliveries({ plan, store, folder, emit, onChapter, damage, locked, marks });
  const tally = new RunTally({ plan, emit, simulated, tariff: terms.tariff, damage, deliveries });
  const payer = await payerOf(options, plan);
  return { options, plan, whole, payer, folder, tally, deliveries, damage, balance: undefined, grant: undefined };
}

/** Files of an edition that was delivered without marks are delivered so again: their bytes are those of its lock. */
async function marksOf({ locked, emit }: RunOptions, folder: string): Promise<Marks | undefined> {
  const earlier = await readMarkedFiles(folder);
  if (locked === undefined) return openMarks(earlier);
  if (locked.marks !== undefined) return openMarks(earlier, wantedDigests(locked));
  emit({ type: 'notice', level: 'warning', message: UNMARKED_EDITION });
  return undefined;
}

/** Why a locked edition of an earlier version has no marks. */
export const UNMARKED_EDITION =
  'The lock is of an edition without marks, so the files are delivered as the lock says: nothing in them says in a standard field that a machine speaks. For marked files, run without --locked.';

/** Digests of the delivered files in a lock, by those of the stored ones. */
function wantedDigests({ chapters, book, marks }: Edition): Map<string, string> {
  const wanted = new Map<string, string>();
  for (const { files, marked = {} } of chapters)
    for (const [key, digest] of Object.entries(marked)) wanted.set(files[key] ?? '', digest);
  if (book !== null && marks?.book) wanted.set(book, marks.book);
  return wanted;
}

async function payerOf({ store, account, terms, simulated }: RunOptions, plan: Plan): Promise<PayingRun> {
  const name = { title: plan.title, author: plan.delivery.author };
  const isOlderBook =
    needsWork(plan) &&
    !(await hasSpending(store, name)) &&
    (await findLastRun(store, lastRunKey(name, account.realm))) !== undefined;
  return {
    run: randomUUID(),
    book: name.title,
    author: name.author,
    currency: terms.tariff.currency,
    realm: account.realm,
    ...(simulated && { simulated }),
    ...(isOlderBook && { isOlderBook }),
  };
}

/** Whether something is missing, or damaged. */
export function hasWork({ plan, damage }: Run): boolean {
  return needsWork(plan) || damage.isOpen;
}

/** Whether the plan needs something that the store lacks. */
export function needsWork(plan: Plan): boolean {
  return plan.book?.need === 'make' || plan.chapters.some((chapter) => chapter.master.need === 'make');
}
