/** A run under way: what its phases share. */
import { openDeliveryFolder } from '../deliver/deliver-files.ts';
import { chooseFolder } from '../deliver/folder.ts';
import type { BudgetBalance } from '../limits.ts';
import type { Plan } from '../plan/plan.ts';
import { Deliveries } from './deliveries.ts';
import type { PlannedRun } from './plan.ts';
import { Damage } from './repair.ts';
import type { RunOptions } from './run-options.ts';
import { RunTally } from './run-tally.ts';

/** One run. */
export interface Run {
  readonly options: RunOptions;
  /** As it was when the run began. */
  readonly plan: Plan;
  /** Where the book is delivered; absolute. */
  readonly folder: string;
  /** What was made so far, and what failed. */
  readonly tally: RunTally;
  readonly deliveries: Deliveries;
  /** Damaged files of the store that the run met. */
  readonly damage: Damage;
  /** The final balance of its budget; undefined when nothing was to be spent, or when it is unknown. */
  balance: BudgetBalance | undefined;
}

/** Claims the folder and announces the plan. Rejects with `over-budget`, and as the disk does. */
export async function openRun(given: RunOptions, planned: PlannedRun): Promise<Run> {
  const { plan, terms, announcement, overBudget } = planned;
  const options: RunOptions = { ...given, terms };
  const { book, store, simulated, emit, outDir, locked } = options;
  if (overBudget !== undefined) {
    emit(announcement);
    throw overBudget;
  }
  const { title, author = '' } = book.manifest;
  const folder = await chooseFolder({ outDir, title, author });
  await openDeliveryFolder(folder);
  emit(announcement);
  const damage = new Damage();
  const onChapter = (): void => tally.chapterDelivered();
  const deliveries = new Deliveries({ plan, store, folder, emit, onChapter, damage, locked });
  const tally = new RunTally({ plan, emit, simulated, tariff: terms.tariff, damage, deliveries });
  return { options, plan, folder, tally, deliveries, damage, balance: undefined };
}

/** Whether something is to be made, or to be made again. */
export function hasWork({ plan, damage }: Run): boolean {
  return needsWork(plan) || damage.isOpen;
}

/** Whether the plan asks for something that the store lacks. */
export function needsWork(plan: Plan): boolean {
  return plan.book?.need === 'make' || plan.chapters.some((chapter) => chapter.master.need === 'make');
}
