/**
 * Damage in the store that a run meets while it works: a take whose bytes are not what they were, a finished file that can
 * not be delivered. What is damaged was set aside when it was noticed, so it counts as missing: the book is planned again
 * and what is missing is made again, in the same run, and of each thing only once.
 */
import type { Emit } from '../events.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';

/** Damage that was met and not yet dealt with. */
export class Damage {
  readonly #open = new Map<string, () => void>();
  /** Keys of what was made again for damage; a second time it is told as a failure. */
  readonly #repaired = new Set<string>();

  /** A master or a book (by its key) could not be made or delivered; `tell` says so if it stays that way. */
  record(key: string, report: () => void): void {
    if (!this.#open.has(key)) this.#open.set(key, report);
  }

  /** Whether there is damage to be dealt with. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Whether this master or book waits to be made again. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Whether at least one of these was not made again before; remembers them all. Closes the damage of `key`. */
  claimRepair(key: string, keys: readonly string[]): boolean {
    if (keys.every((each) => this.#repaired.has(each))) return false;
    for (const each of keys) this.#repaired.add(each);
    this.#open.delete(key);
    return true;
  }

  /** Tells what is left as the failures that they are. */
  giveUp(): void {
    const reports = [...this.#open.values()];
    this.#open.clear();
    for (const report of reports) report();
  }
}

/** What is to be made again: the plan as it is now, and those chapters of it; its book is bound again when it needs to. */
export interface Repair {
  plan: Plan;
  chapters: PlannedChapter[];
}

/**
 * Plans what a run met damaged; undefined when there is nothing, or nothing that was not made again before, which is then
 * told. `wasDone` says of a chapter, by its number, that it was finished before.
 */
export async function planRepair(of: {
  damage: Damage;
  replan(): Promise<Plan>;
  wasDone(chapterNumber: number): boolean;
  emit: Emit;
}): Promise<Repair | undefined> {
  const { damage, replan, wasDone, emit } = of;
  if (!damage.isOpen) return undefined;
  const plan = await replan();
  const chapters = plan.chapters.filter((chapter) => {
    const { step, need } = chapter.master;
    if (!damage.has(step.key) && !(need === 'make' && wasDone(chapter.number))) return false;
    const missing = missingSegments(chapter).map(({ key }) => key);
    return damage.claimRepair(step.key, missing.length === 0 ? [step.key] : missing);
  });
  const book = plan.book?.step.key;
  const bindAgain =
    book !== undefined &&
    damage.has(book) &&
    damage.claimRepair(book, [book, ...chapters.map(({ master }) => master.step.key)]);
  damage.giveUp();
  if (chapters.length === 0 && !bindAgain) return undefined;
  emit({ type: 'notice', level: 'warning', message: repairMessage(chapters, bindAgain) });
  return { plan, chapters };
}

function repairMessage(chapters: readonly PlannedChapter[], bindAgain: boolean): string {
  const lines = new Set(chapters.flatMap(missingSegments).map(({ key }) => key)).size;
  const numbers = chapters.map(({ number }) => number).join(', ');
  const what = [
    ...(lines > 0 ? [`${lines} ${lines === 1 ? 'take' : 'takes'}`] : []),
    ...(chapters.length > 0 ? [`chapter ${numbers}`] : []),
    ...(bindAgain ? ['the book file'] : []),
  ];
  return `Files of the store were damaged and have been set aside. Making again: ${what.join(', ')}.`;
}
