/** Sums over paid calls. Money of different currencies, and of a simulator, is never added up. Pure. */
import { moneyOf } from '../../plan/price.ts';
import { PAID_REASONS, type PaidCall, type PaidReason } from './paid-call.ts';

/** What some calls cost. */
export interface Sum {
  /** Null: no currency is known. */
  currency: string | null;
  /** A simulator answered: nothing was billed, and the money is what real speech would cost. */
  simulated: boolean;
  /** Calls. */
  entries: number;
  /** Billionths of the currency unit. */
  nanos: number;
  /** Calls whose price is unknown; they are not in `nanos`. */
  unpriced: number;
  characters: number;
  inputTokens: number;
  outputTokens: number;
}

/** The calls of one currency, real or simulated, by reason. */
export interface SumByReason extends Sum {
  byReason: Partial<Record<PaidReason, Sum>>;
}

/** One sum for each currency, real money first. */
export function sumsByReason(calls: readonly PaidCall[]): SumByReason[] {
  return sumsOf(calls).map(({ sum, calls: own }) => {
    const byReason = PAID_REASONS.flatMap((reason) => {
      const those = own.filter((call) => call.reason === reason);
      return those.length === 0 ? [] : [[reason, those.reduce(add, zero(sum))] as const];
    });
    return { ...sum, byReason: Object.fromEntries(byReason) };
  });
}

/** What was paid for a book in all runs, for reports and programs. Published: fields are added, never renamed. */
export interface SpendingSummary {
  /** When the first call was recorded; ISO 8601, UTC. */
  since: string;
  /** False for a book that was run before: its earlier calls are not recorded. */
  isComplete: boolean;
  /** One for each currency, real money first; they are never added up. */
  sums: {
    currency: string | null;
    simulated: boolean;
    amount: number;
    calls: number;
    /** Calls whose price is unknown; they are not in `amount`. */
    unpriced: number;
    byReason: Partial<Record<PaidReason, { amount: number; calls: number }>>;
  }[];
}

/** Undefined when nothing was paid. */
export function spendingSummary(calls: readonly PaidCall[]): SpendingSummary | undefined {
  const since = calls[0]?.at;
  if (since === undefined) return undefined;
  const amountOf = ({ nanos, currency }: Sum): number => moneyOf(nanos, currency ?? '').amount;
  const sums = sumsByReason(calls).map((sum) => {
    const byReason = Object.entries(sum.byReason).map(([reason, one]) => [
      reason,
      { amount: amountOf(one), calls: one.entries },
    ]);
    const { currency, simulated, entries, unpriced } = sum;
    const parts = { byReason: Object.fromEntries(byReason) as SpendingSummary['sums'][number]['byReason'] };
    return { currency, simulated, amount: amountOf(sum), calls: entries, unpriced, ...parts };
  });
  return { since, isComplete: !calls.some(({ isOlderBook }) => isOlderBook), sums };
}

/** What calls are grouped by. */
export type GroupedBy = 'book' | 'voice' | 'reason';

/** One group of calls. */
export interface SumOfGroup extends Sum {
  name: string;
}

/** One sum for each group and currency; groups in order of their first call, reasons in their own. */
export function sumsByGroup(calls: readonly PaidCall[], by: GroupedBy): SumOfGroup[] {
  const groups = new Map<string, PaidCall[]>();
  if (by === 'reason') for (const reason of PAID_REASONS) groups.set(reason, []);
  for (const call of calls) {
    const id = groupIdOf(call, by);
    const group = groups.get(id) ?? [];
    groups.set(id, group);
    group.push(call);
  }
  return [...groups.values()].flatMap((group) =>
    sumsOf(group).map(({ sum }) => ({ name: groupName(group, by), ...sum })),
  );
}

function groupIdOf({ book, author, voice, model, reason }: PaidCall, by: GroupedBy): string {
  if (by === 'reason') return reason;
  return by === 'book' ? JSON.stringify([book, author]) : JSON.stringify([voice, model]);
}

/** Characters of several books may share a voice. */
const MOST_NAMES = 3;

function groupName(group: readonly PaidCall[], by: GroupedBy): string {
  const [first] = group;
  if (first === undefined) return '';
  if (by === 'reason') return first.reason;
  if (by === 'book') return first.book ?? 'pipeline voices';
  const names = [...new Set(group.map(({ character }) => character))];
  return names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ', …' : '');
}

function sumsOf(calls: readonly PaidCall[]): { sum: Sum; calls: PaidCall[] }[] {
  const sums = new Map<string, { sum: Sum; calls: PaidCall[] }>();
  for (const call of calls) {
    const id = `${call.simulated} ${call.currency}`;
    const known = sums.get(id) ?? { sum: zero(call), calls: [] };
    known.calls.push(call);
    sums.set(id, { ...known, sum: add(known.sum, call) });
  }
  return [...sums.values()].sort((a, b) => Number(a.sum.simulated) - Number(b.sum.simulated));
}

function zero({ currency, simulated }: Pick<Sum, 'currency' | 'simulated'>): Sum {
  return { currency, simulated, entries: 0, nanos: 0, unpriced: 0, characters: 0, inputTokens: 0, outputTokens: 0 };
}

function add(sum: Sum, call: PaidCall): Sum {
  return {
    ...sum,
    entries: sum.entries + 1,
    nanos: sum.nanos + (call.nanos ?? 0),
    unpriced: sum.unpriced + (call.nanos === null ? 1 : 0),
    characters: sum.characters + (call.characters ?? 0),
    inputTokens: sum.inputTokens + (call.inputTokens ?? 0),
    outputTokens: sum.outputTokens + (call.outputTokens ?? 0),
  };
}
