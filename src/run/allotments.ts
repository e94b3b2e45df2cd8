/**
 * The money of a run that has a limit: sets aside a part of it at a time for the run's budget, ahead of its steps. Each
 * part is recorded before a step can spend it, so what a killed process or an emptied Redis leaves unknown is at most that
 * part, and it counts as spent.
 *
 * A run that continues a grant continues its budget, too, if that still exists: with it every reservation of a dead worker.
 * Otherwise what was set aside for the old budget counts as spent, except what it provably did not spend: its process has
 * ended on this machine, and the ledger of spending has all of its calls.
 *
 * A Redis that has started again may have an older state of the budget, in which less was spent. Then nothing is reserved
 * until the run has confirmed the budget: the ledger of spending is the least that was spent, and the grant says what was
 * set aside.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { stateOf, THIS_PROCESS } from '../holders/process-identity.ts';
import type { Allotment, Budgets, DoubtfulAllotment, MoneySource } from '../limits.ts';
import { changeGrant, findGrant, type Grant, type GrantAllotment, leftNanos } from '../store/grants.ts';
import type { BookName } from '../store/spending/read-spending.ts';
import { spentOfBudget, spentOfEnded } from '../store/spending/spent-of-budget.ts';
import type { Store } from '../store/store.ts';

/** How often to look whether steps need money, in milliseconds. */
const LOOK_MS = 50;
/** How long not to ask again when nothing was left, in milliseconds. */
const DRY_MS = 2_000;
/** Longest wait at the end of a run, in milliseconds. */
const CLOSE_LIMIT_MS = 5_000;
/** A run sets money aside in about so many parts. */
const PARTS = 24;

/** What limits the money of a run. */
export interface Allowance {
  /** The grant; undefined for a run that only `further` limits. */
  grant: Pick<Grant, 'id' | 'title' | 'grantedNanos' | 'currency'> | undefined;
  /** A further limit, such as what is left of a day. */
  further: MoneySource | undefined;
  /** What the plan costs, in nanos, for the size of the parts. */
  plannedNanos: number;
  /** Who pays: the book under which the ledger of spending has the calls. */
  book: BookName;
}

/** The allotments of one run. */
export interface Allotments {
  /** The ID of its budget. */
  readonly id: string;
  /** Whether Redis had forgotten something that was spent: its counts of characters and calls are then too low. */
  readonly hasForgotten: boolean;
  /** Sets money aside until it is closed. */
  close(): Promise<void>;
}

/** Opens or continues a budget and begins to set money aside for it. */
export async function openAllotments(of: {
  budgets: Budgets;
  store: Store;
  /** Whether the budgets are in Redis. */
  isShared: boolean;
  allowance: Allowance;
}): Promise<Allotments> {
  const id = await openOrJoin(of);
  const ledger = ledgerOf(of, id);
  const part = Math.max(1, Math.ceil(of.allowance.plannedNanos / PARTS));

  const before = await settleJoined(of, ledger);
  let dryUntilMs = 0;
  const look = async (): Promise<void> => {
    const seen = await ledger.confirmed();
    if (seen === undefined) return;
    await of.allowance.further?.report(seen.spentNanos - before);
    const wanted = nanosToAskFor(seen, part);
    if (wanted === 0 || performance.now() < dryUntilMs) return;
    if (!(await ledger.setAside(wanted, seen))) dryUntilMs = performance.now() + DRY_MS;
  };

  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  // A store or a Redis that does not answer now may answer at the next look; the steps wait.
  let looking = look().catch(() => undefined);
  await looking;
  const again = (): void => {
    timer = setTimeout(() => {
      looking = look()
        .catch(() => undefined)
        .finally(() => {
          if (!isClosed) again();
        });
    }, LOOK_MS);
  };
  again();
  return {
    id,
    get hasForgotten() {
      return ledger.hasForgotten;
    },
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      const goneBack = looking.then(() => end(ledger, of.allowance, before)).catch(() => undefined);
      // What Redis does not answer about in time stays set aside; the next run finds it.
      await Promise.race([goneBack, sleep(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    },
  };
}

/**
 * A budget that a dead run has left, for a run with a further limit: what was set aside for that run goes back, so that this
 * one takes all of its money there. Returns what was spent before.
 */
async function settleJoined({ allowance: { further } }: { allowance: Allowance }, ledger: Ledger): Promise<number> {
  if (further !== undefined) await ledger.takeBack();
  const seen = await ledger.confirmed();
  if (seen !== undefined && seen.reservedNanos > 0) await further?.take(seen.reservedNanos);
  return seen?.spentNanos ?? 0;
}

async function end(ledger: Ledger, { further }: Allowance, before: number): Promise<void> {
  const left = await ledger.takeBack();
  if (left !== undefined) await further?.end(Math.max(0, left.spentNanos + left.reservedNanos - before));
}

/** Enough ahead for the steps that run, and more when one waits. */
function nanosToAskFor({ nanos, spentNanos, reservedNanos, neededNanos }: Allotment, part: number): number {
  const ahead = nanos - spentNanos - reservedNanos;
  if (neededNanos === 0 && ahead >= part) return 0;
  return Math.max(part, Math.ceil(reservedNanos / 2), neededNanos);
}

async function openOrJoin(of: {
  budgets: Budgets;
  store: Store;
  isShared: boolean;
  allowance: Allowance;
}): Promise<string> {
  const { store, isShared } = of;
  const { allotted } = of.budgets;
  const { grant: given } = of.allowance;
  const id = randomUUID();
  if (given === undefined) {
    await allotted.open(id, null);
    return id;
  }
  const opened = { spentNanos: 0, allotments: {}, openedAt: new Date().toISOString() };
  const grant = await changeGrant(store, given.id, (found) =>
    found === undefined ? { ...given, ...opened } : undefined,
  );
  const lost = new Map<string, number | undefined>();
  for (const [other, allotment] of Object.entries(grant?.allotments ?? {})) {
    // A budget in the memory of another process ends with it; this process has the lock on the store.
    if (allotment.isShared !== isShared) continue;
    if (await allotted.join(other)) return other;
    lost.set(other, await provenSpent(store, other, allotment));
  }
  await allotted.open(id, grant === undefined ? null : leftNanos(grant));
  await changeGrant(store, given.id, (found) => {
    const { allotments, spentNanos } = found ?? { ...given, ...opened };
    const rest: Record<string, GrantAllotment> = { ...allotments };
    let spent = spentNanos;
    for (const [other, proven] of lost) {
      const { nanos, spentNanos: seen } = rest[other] ?? { nanos: 0, spentNanos: 0 };
      spent += Math.max(seen, proven ?? nanos);
      delete rest[other];
    }
    rest[id] = { nanos: 0, generation: 1, spentNanos: 0, isShared, ...(!isShared && ownerOf(of.allowance)) };
    return { ...(found ?? { ...given, ...opened }), spentNanos: spent, allotments: rest };
  });
  return id;
}

/** Which process has the budget, and under which book its calls are recorded: what proves later what it did not spend. */
function ownerOf({ book }: Allowance): Pick<GrantAllotment, 'process' | 'book'> {
  const { pid, boot, namespaces, started } = THIS_PROCESS;
  return { process: { pid, boot, namespaces, started }, book };
}

/** What a lost budget has spent, in nanos; undefined when that is not certain. */
async function provenSpent(
  store: Store,
  budget: string,
  { process, book }: GrantAllotment,
): Promise<number | undefined> {
  if (process === undefined || book === undefined || stateOf(process) !== 'gone') return undefined;
  return spentOfEnded(store, { budget, book });
}

interface Ledger {
  readonly hasForgotten: boolean;
  /** The allotment, after it was confirmed if that is needed; undefined when the budget is gone. */
  confirmed(): Promise<Allotment | undefined>;
  /** False when nothing was left. */
  setAside(nanos: number, seen: Allotment): Promise<boolean>;
  /** Returns what remains; undefined when the budget is gone. */
  takeBack(): Promise<Allotment | undefined>;
}

/** Sets aside at both limits, then tells the budget. */
function ledgerOf(of: { budgets: Budgets; store: Store; allowance: Allowance }, id: string): Ledger {
  const { store } = of;
  const { allotted } = of.budgets;
  const { grant, further } = of.allowance;

  /** Sets aside at the grant. Returns what is set aside in all; undefined when the budget is no longer in the grant. */
  const record = async (nanos: number, seen: Allotment) => {
    let given = 0;
    const { id: grantId } = grant!;
    const changed = await changeGrant(store, grantId, (found) => {
      const mine = found?.allotments[id];
      given = 0;
      if (found === undefined || mine === undefined) return undefined;
      const now = sinceTakenBack(mine, seen);
      given = Math.min(nanos, leftNanos({ ...found, allotments: { ...found.allotments, [id]: now } }));
      if (given === 0 && now === mine) return undefined;
      const next = { ...now, nanos: now.nanos + given, spentNanos: Math.max(now.spentNanos, seen.spentNanos) };
      return { ...found, allotments: { ...found.allotments, [id]: next } };
    });
    return { given, mine: changed?.allotments[id] };
  };

  /** Without a grant: what this process has allotted. */
  let told = { nanos: 0, generation: 1 };
  let hasForgotten = false;
  /** What was set aside, by the grant; what Redis knows may be older. */
  const setAsideBy = async (seen: DoubtfulAllotment): Promise<{ nanos: number; generation: number }> => {
    const mine = grant === undefined ? told : (await findGrant(store, grant.id))?.allotments[id];
    return mine === undefined || mine.generation < seen.generation ? seen : mine;
  };
  const confirmed = async (): Promise<Allotment | undefined> => {
    const seen = await allotted.find(id);
    if (!seen?.isDoubtful) return seen;
    const doubtful = await allotted.doubtful(id);
    if (doubtful !== undefined) {
      const reserved = new Map([...doubtful.sent].map(([key, { nanos }]) => [key, nanos]));
      const spent = await spentOfBudget(store, { budget: id, book: of.allowance.book, reserved });
      const spentMoreNanos = Math.max(0, spent.spentNanos - doubtful.spentNanos);
      const ended = [...spent.ended].map(([key, nanos]) => ({ key, nanos, value: doubtful.sent.get(key)!.value }));
      hasForgotten ||= spentMoreNanos > 0 || ended.length > 0;
      await allotted.confirm(id, { ...doubtful, ...(await setAsideBy(doubtful)), spentMoreNanos, ended });
    }
    const now = await allotted.find(id);
    return now?.isDoubtful ? undefined : now;
  };

  return {
    get hasForgotten() {
      return hasForgotten;
    },
    confirmed,
    setAside: async (wanted, seen) => {
      const taken = further === undefined ? wanted : await further.take(wanted);
      if (grant === undefined) {
        told = { nanos: seen.nanos + taken, generation: seen.generation };
        await allotted.allot(id, { ...told, isLast: taken === 0 });
        return taken > 0;
      }
      const { given, mine } = await record(taken, seen);
      if (given < taken) await further?.putBack(taken - given);
      const isLast = given === 0;
      const { nanos, generation } = mine ?? seen;
      await allotted.allot(id, { nanos, generation, isLast });
      return !isLast;
    },
    takeBack: async () => {
      const seen = await confirmed();
      const left = seen && (await allotted.takeBack(id, { generation: seen.generation }));
      if (left === undefined || grant === undefined) return left;
      await changeGrant(store, grant.id, (found) => {
        const mine = found?.allotments[id];
        if (found === undefined || mine === undefined || mine.generation >= left.generation) return undefined;
        return { ...found, allotments: { ...found.allotments, [id]: sinceTakenBack(mine, left) } };
      });
      return left;
    },
  };
}

/**
 * The record of an allotment, completed when the budget has begun another generation and the process that asked for it died
 * before it wrote so. No allotment reaches the budget in between, so what it holds is what it has.
 */
function sinceTakenBack(mine: GrantAllotment, seen: Allotment): GrantAllotment {
  if (seen.generation <= mine.generation) return mine;
  const { nanos, generation, spentNanos } = seen;
  return { ...mine, nanos, generation, spentNanos };
}
