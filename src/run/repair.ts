/**
 * Damaged files in the store that a run finds while it works (and takes that are doubted late, which go the same way): a take whose bytes have changed, a finished file that cannot
 * be delivered. A damaged file is set aside when it is found, so it counts as missing. The book is planned again, and what
 * is missing is made again in the same run, each file only once.
 */
import type { Emit } from '../events.ts';
import { missingSegments, type Plan, type PlannedChapter } from '../plan/plan.ts';

/** Damage that was found and is not repaired yet. */
export class Damage {
  readonly #open = new Map<string, () => void>();
  /** Keys of what was made again because of damage. Damaged a second time, it is reported as a failure. */
  readonly #repaired = new Set<string>();
  /** What of it is made again in the round that is being planned. */
  readonly #claimed = new Set<string>();
  /** Keys of masters whose takes were doubted late. */
  readonly #late = new Set<string>();
  /** Keys of masters whose takes were gone when they were to be made, although they had been there. */
  readonly #lost = new Set<string>();

  /** A master or a book (by its key) could not be made or delivered. `report` is called if it is not repaired. */
  record(key: string, report: () => void): void {
    if (!this.#open.has(key)) this.#open.set(key, report);
  }

  /** Takes of a master were doubted when more was known of their voices, and are open again. */
  recordLate(key: string, report: () => void): void {
    this.#late.add(key);
    this.record(key, report);
  }

  /**
   * Takes of a master were there, and gone when it was to be made: another chapter with an equal line doubted it late, or
   * found it damaged.
   */
  recordLost(key: string, report: () => void): void {
    this.#lost.add(key);
    this.record(key, report);
  }

  /** Whether a master is made again because of a late doubt, its own or that of another chapter about a line of both. */
  isOfLateDoubt(key: string): boolean {
    return this.#late.has(key) || (this.#lost.has(key) && this.#late.size > 0);
  }

  /** Whether takes of a master were doubted late in this run. */
  wasLate(key: string): boolean {
    return this.#late.has(key);
  }

  /** Whether there is damage to repair. */
  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Whether this master or book is damaged. */
  has(key: string): boolean {
    return this.#open.has(key);
  }

  /** Begins a round: what the last one made again counts as repaired. */
  beginRound(): void {
    for (const key of this.#claimed) this.#repaired.add(key);
    this.#claimed.clear();
  }

  /**
   * Whether at least one of `keys` was not made again in an earlier round. If so, records them all and closes the damage of
   * `key`. Several may claim the same take: it is a line of them all.
   */
  claimRepair(key: string, keys: readonly string[]): boolean {
    if (keys.every((each) => this.#repaired.has(each))) return false;
    for (const each of keys) this.#claimed.add(each);
    this.#open.delete(key);
    return true;
  }

  /** Reports the remaining damage as failures. */
  giveUp(): void {
    const reports = [...this.#open.values()];
    this.#open.clear();
    for (const report of reports) report();
  }
}

/** What to make again: these chapters of the new plan, and its book file when the plan asks for it. */
export interface Repair {
  plan: Plan;
  chapters: PlannedChapter[];
}

/**
 * Plans the repair of what a run found damaged; undefined when there is nothing to repair. Damage that was repaired before
 * is reported as a failure. `wasDelivered` returns whether a chapter, by its number, was delivered before.
 */
export async function planRepair(of: {
  damage: Damage;
  replan(): Promise<Plan>;
  wasDelivered(chapterNumber: number): boolean;
  emit: Emit;
}): Promise<Repair | undefined> {
  const { damage, replan, wasDelivered, emit } = of;
  if (!damage.isOpen) return undefined;
  damage.beginRound();
  const plan = await replan();
  const chapters = plan.chapters.filter((chapter) => {
    const { step, need } = chapter.master;
    if (!damage.has(step.key) && !(need === 'make' && wasDelivered(chapter.number))) return false;
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
  const late = chapters.filter(({ master }) => damage.isOfLateDoubt(master.step.key));
  const damaged = chapters.filter((chapter) => !late.includes(chapter));
  if (late.length > 0) emit({ type: 'notice', level: 'info', message: lateMessage(late) });
  if (damaged.length > 0 || bindAgain)
    emit({ type: 'notice', level: 'warning', message: repairMessage(damaged, bindAgain) });
  return { plan, chapters };
}

function lateMessage(chapters: readonly PlannedChapter[]): string {
  const lines = new Set(chapters.flatMap(missingSegments).map(({ key }) => key)).size;
  const takes = lines === 1 ? '1 take is' : `${lines} takes are`;
  return `${takes} in doubt now that more is known of their voices (chapter ${chapters.map(({ number }) => number).join(', ')}). Speaking again what is worth it.`;
}

function repairMessage(chapters: readonly PlannedChapter[], bindAgain: boolean): string {
  const lines = new Set(chapters.flatMap(missingSegments).map(({ key }) => key)).size;
  const numbers = chapters.map(({ number }) => number).join(', ');
  const what = [
    ...(lines > 0 ? [`${lines} ${lines === 1 ? 'take' : 'takes'}`] : []),
    ...(chapters.length > 0 ? [`chapter ${numbers}`] : []),
    ...(bindAgain ? ['the book file'] : []),
  ];
  return `Damaged files in the store were set aside. Making again: ${what.join(', ')}.`;
}
