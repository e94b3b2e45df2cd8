/** The records of the ledger of spending: one for each call to the service that may be billed. Pure. */

/**
 * Why a call was paid: the `first` try of a line, a `retry` after a failure, a `re-take` because a check doubted the take or
 * the author wants another one, a `voice`, `hearing` the words of a take, or, whatever it was for, a `lost answer`: it was sent and may be billed, but
 * nothing came back.
 */
export type PaidReason = (typeof PAID_REASONS)[number];
/** Every reason. Published: add, never rename. */
export const PAID_REASONS = ['first', 'retry', 're-take', 'lost answer', 'voice', 'hearing'] as const;

/** A call that is about to be sent. Until its answer is recorded it counts as lost, at its full price. */
export interface SentCall {
  /** Names the call: a record that is there twice counts once. */
  id: string;
  /** ISO 8601, UTC, by the clock of the machine that sent it. */
  at: string;
  reason: PaidReason;
  /** Title and author of the book that pays; null for a voice of `pipeline voices`. */
  book: string | null;
  author: string | null;
  /** ID of the run that pays; null where it is unknown. */
  run: string | null;
  /** The budget that its price was reserved from; absent without one, and in records of earlier versions. */
  budget?: string;
  /** Chapter and line, such as `3:37`; null for a voice. */
  line: string | null;
  /** Who speaks. */
  character: string;
  /** Voice key, or the service's ID of a voice that the author enrolled. */
  voice: string;
  model: string;
  /** Key of the take or the voice. */
  key: string;
  /** Characters or tokens, by the service's figures; of a lost answer, what its text should count. Null: not told. */
  characters: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Price in billionths of the currency unit; null when it is unknown. */
  nanos: number | null;
  currency: string | null;
  account: string;
  realm: string;
  /** The book was run before its first call was recorded, so its earlier calls are missing. Absent: no. */
  isOlderBook?: true;
  /** Whether a simulator answered; null until an answer tells. */
  simulated: boolean | null;
}

/** A record as it is written: first `sent`, later how it ended. `void`: the service refused, and nothing is owed. */
export type CallRecord = SentCall & { end: 'sent' | 'lost' | 'answered' | 'void' };

/** A paid call, with what the other records tell about it. */
export interface PaidCall extends Omit<SentCall, 'simulated'> {
  simulated: boolean;
  /**
   * It has no end: it is under way, or its process was killed. Then it may never have been sent: at most one call of each session,
   * killed between its note and its first byte. Absent: it has one.
   */
  hasNoEnd?: true;
}

/** The last word on a call wins, in whatever order its records are found. */
const RANKS: Readonly<Record<CallRecord['end'], number>> = { sent: 0, lost: 1, void: 2, answered: 3 };

/** One record for each call, in the order of time; what is no record is counted. */
export function mergeRecords(values: readonly object[]): { records: CallRecord[]; unknown: number } {
  const byId = new Map<string, CallRecord>();
  let unknown = 0;
  for (const value of values) {
    if (!isCallRecord(value)) {
      unknown += 1;
      continue;
    }
    const known = byId.get(value.id);
    if (known === undefined || isLater(value, known)) byId.set(value.id, value);
  }
  const records = [...byId.values()].sort((a, b) => compare(a.at, b.at) || compare(a.id, b.id));
  return { records, unknown };
}

/** Of a call in progress, the higher price is the later one: endless speech costs more and more. */
function isLater(value: CallRecord, known: CallRecord): boolean {
  if (value.end === known.end) return value.end === 'sent' && (value.nanos ?? 0) > (known.nanos ?? 0);
  return RANKS[value.end] > RANKS[known.end];
}

/** The paid calls among merged records: without refusals, and with the reasons that only the others show. */
export function paidCalls(records: readonly CallRecord[]): PaidCall[] {
  const isSimulated = new Map<string, boolean>();
  for (const { account, simulated } of records) if (simulated !== null) isSimulated.set(account, simulated);
  const paidBefore = new Set<string>();
  return records.flatMap(({ end, ...call }): PaidCall[] => {
    if (end === 'void') return [];
    const isAgain = paidBefore.has(call.key);
    if (call.reason !== 'hearing') paidBefore.add(call.key);
    // The run that sends it cannot always know that an earlier one did: its queue was lost.
    const sentFor = call.reason === 'first' && isAgain ? 'retry' : call.reason;
    const reason = end === 'answered' ? sentFor : 'lost answer';
    // A server that never answered and is not the service's own: the account's other calls tell what it is.
    const simulated = call.simulated ?? isSimulated.get(call.account) ?? call.realm === 'local';
    return [{ ...call, reason, simulated, ...(end === 'sent' && { hasNoEnd: true }) }];
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Its digest proves that this program wrote the line; a later version may know other kinds. */
function isCallRecord(value: object): value is CallRecord {
  const { id, at, end, reason } = value as Partial<Record<keyof CallRecord, unknown>>;
  return (
    typeof id === 'string' &&
    typeof at === 'string' &&
    typeof end === 'string' &&
    Object.hasOwn(RANKS, end) &&
    (PAID_REASONS as readonly unknown[]).includes(reason)
  );
}
