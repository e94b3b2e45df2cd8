/**
 * The account's limits, as the code that must obey them sees them.
 *
 * Every call to the service goes through these interfaces first, in one process or on twenty machines. `queue/limits`
 * implements them in memory for the embedded queue and in Redis for many machines; callers see no difference.
 */

/**
 * A rate limiter for calls to the service.
 *
 * The service counts a call when it arrives, which may be late on a busy machine. So a call holds one of N tokens,
 * where N is the limit of the window, from before it is sent until one window after it has certainly arrived. More than
 * N arrivals in one window are then impossible.
 */
export interface RateLimiter {
  /**
   * Waits for a token and for the end of any pause. Rejects with `interrupted` when the signal aborts; then no token is
   * held.
   */
  acquire(signal?: AbortSignal): Promise<ReleaseToken>;
  /** The service has throttled: no call of the account is let through for so many milliseconds. */
  pauseFor(ms: number): Promise<void>;
}

/**
 * Call it as soon as the service has certainly counted the call, and in any case when the call is over; a second call has
 * no effect. `not-sent`: the service never saw the call, so its token is free at once instead of one window later.
 */
export interface ReleaseToken {
  (outcome?: 'not-sent'): void;
  /**
   * Call it last before the call is sent, and send at once when it resolves. It waits when the permission has become worthless
   * meanwhile, because this process slept (then another one is acquired), and up to two seconds when calls that were let through
   * one after the other have become late and would leave together. Rejects with `interrupted` when the signal aborts. Absent
   * where nothing of that can happen.
   */
  depart?: (signal?: AbortSignal) => Promise<void>;
}

/** A limit on the tokens that a model may use in any minute. */
export interface TokenLimiter {
  /**
   * Waits until so many tokens fit into the window, and sets them aside; more than the whole limit counts as the limit.
   * Rejects with `interrupted` when the signal aborts.
   */
  reserve(tokens: number, signal?: AbortSignal): Promise<TokenReservation>;
}

/** Tokens that are set aside. */
export interface TokenReservation {
  /**
   * The take is over, however it ended. `used`: what the service counted; undefined when it did not say, 0 when nothing was
   * sent. A second call has no effect.
   */
  settle(used: number | undefined): void;
}

/** A counting semaphore over the whole account: at most N holders at once. */
export interface Semaphore {
  /** Waits for a free slot. The returned function releases it and may be called twice. */
  acquire(signal?: AbortSignal): Promise<() => Promise<void>>;
  /**
   * Whether this process should release one of its slots: the account's limit was lowered, or other processes wait
   * while this one has more than an equal share. Each `true` is one request; the caller that gets it releases a slot as
   * soon as one is idle.
   */
  takeReleaseRequest(): boolean;
  /**
   * Calls the listener when the first release request arrives, so that idle slots can be released at once. One
   * listener.
   */
  onReleaseRequest(listener: () => void): void;
}

/** A lock per key over all machines: one worker at a time. The lock of a dead holder expires with its lease. */
export interface SingleFlight {
  /** Waits for the lock of `key`, runs `work`, releases the lock. Errors of `work` pass through. */
  run<T>(key: string, work: (flight: Flight) => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** The lock of one key, as its holder sees it. */
export interface Flight {
  /**
   * Call it last before a call that costs money, and send at once when it resolves. Rejects with `interrupted` when another
   * worker may have had the key meanwhile, because this process slept or was starved: what it has read may be out of date,
   * and the other one may have paid. Nobody is asked while the lease is certainly ours, so it costs nothing.
   */
  confirm(): Promise<void>;
}

/**
 * The budgets of runs. Every commit and every enrolment reserves its price before it is sent and settles the actual
 * cost afterwards, over all machines that work for the run. So a budget holds while thousands of segments are in
 * progress.
 */
export interface Budgets {
  /**
   * Opens a run's budget. `budgetNanos` null: the run has no limit, and spending is only counted. A nano is a billionth
   * of the currency unit.
   */
  open(id: string, budgetNanos: number | null): Promise<void>;
  /**
   * Reserves an amount. Waits while only the reservations of others stand in the way. Rejects with `over-budget` when
   * the amount already spent leaves no room; from then on every reservation of the run fails, so that the run stops at
   * one point. Rejects with `interrupted` on abort.
   *
   * Only one worker at a time works on a key (`SingleFlight`), so an open reservation of the same key belongs to a dead
   * worker: if that worker had sent its request, the request counts as unanswered; otherwise the amount is released.
   */
  reserve(id: string, what: ReservationRequest, signal?: AbortSignal): Promise<Reservation>;
  /** What the run has spent and reserved; undefined when its budget is unknown or no longer stored. */
  balance(id: string): Promise<BudgetBalance | undefined>;
  /** Budgets whose money comes in allotments. */
  readonly allotted: AllottedBudgets;
}

/**
 * Budgets whose money comes in **allotments**: the run sets aside a part of its grant at a time, and its steps can reserve
 * no more than that. What was set aside is recorded outside of the budget first, so a budget that is lost with its process
 * or with Redis can not have spent more than its record says.
 *
 * A generation separates two runs that share a budget: what one has taken back, a late call of the other does not allot
 * again.
 */
export interface AllottedBudgets {
  /** Opens a budget without an allotment. `mostNanos`: for workers of versions that know no allotments. */
  open(id: string, mostNanos: number | null): Promise<void>;
  /** Continues with a budget that another run has opened; false when it no longer exists. */
  join(id: string): Promise<boolean>;
  /**
   * Sets how much has been allotted in all; an amount that is lower than before changes nothing. `isLast`: there is no
   * more money, so a step that lacks room is over budget. False: another generation, or there is no such budget.
   */
  allot(id: string, of: { nanos: number; generation: number; isLast: boolean }): Promise<boolean>;
  /**
   * Takes back what is neither spent nor reserved and begins the next generation, unless that has begun. Returns the
   * allotment after that; undefined when there is no such budget.
   */
  takeBack(id: string, of: { generation: number }): Promise<Allotment | undefined>;
  /** The allotment now; undefined when there is no such budget. */
  find(id: string): Promise<Allotment | undefined>;
  /** The allotment when it must be confirmed; undefined when it need not, or there is no such budget. */
  doubtful(id: string): Promise<DoubtfulAllotment | undefined>;
  /**
   * Confirms an allotment by what others know: from now on steps can reserve again. False: another run has confirmed it, or
   * Redis has started once more.
   */
  confirm(id: string, of: ConfirmedAllotment): Promise<boolean>;
}

/** What a budget has been allotted so far, and what became of it. */
export interface Allotment {
  nanos: number;
  /** From 1. */
  generation: number;
  spentNanos: number;
  reservedNanos: number;
  /** What a waiting step lacks; 0 when no step has waited since the last allotment. */
  neededNanos: number;
  /**
   * Redis has started since the budget was confirmed, so all of this may be older than what was spent, as after a restored
   * snapshot. Until the run confirms it, steps reserve nothing and money is neither set aside nor taken back.
   */
  isDoubtful: boolean;
}

/** An allotment that must be confirmed. */
export interface DoubtfulAllotment extends Allotment {
  /** Names the process of Redis that it was confirmed for, and the one that runs. */
  confirmedFor: string;
  server: string;
  /** Reservations whose request was sent, by the key of the step; `value` is what Redis has of it. */
  sent: ReadonlyMap<string, { nanos: number; value: string }>;
}

/** What confirms a doubtful allotment. */
export interface ConfirmedAllotment extends Pick<DoubtfulAllotment, 'confirmedFor' | 'server'> {
  /** Spent besides what the budget knows. */
  spentMoreNanos: number;
  /** Reservations whose call has ended, with what it cost: they become spent unless they were settled meanwhile. */
  ended: readonly { key: string; value: string; nanos: number }[];
  /** Allotted in all, and in which generation. */
  nanos: number;
  generation: number;
}

/** A further limit of a run's money besides its grant, such as what is left of a day. */
export interface MoneySource {
  /** Sets money aside for the run: at most `nanos`, less when less is left, 0 when nothing is. */
  take(nanos: number): Promise<number>;
  /** Returns money that was taken and is not needed. */
  putBack(nanos: number): Promise<void>;
  /** Reports what the run has spent so far, in all. Called often. */
  report(spentNanos: number): Promise<void>;
  /** The run has ended and has spent this much in all. Without this call everything that it took may be spent. */
  end(spentNanos: number): Promise<void>;
}

/** An amount to reserve, and its purpose. */
export interface ReservationRequest {
  nanos: number;
  /** Key of the step that pays. */
  key: string;
  /** Billed characters of the text that would be sent; 0 for a voice. */
  characters: number;
  /** The budget has allotments. Default: no. */
  isAllotted?: boolean | undefined;
}

/**
 * A reserved amount. `settle` ends the reservation. The reservation of a dead worker is settled by the next worker on
 * the same key (see `reserve`).
 */
export interface Reservation {
  /**
   * Call it just before the request that costs money. Rejects with `interrupted` when another worker has taken the step
   * over because this one was considered dead (its machine slept): send nothing then.
   */
  sending(): Promise<void>;
  /** Reserves more. Returns false, and changes nothing, when the budget has no room. */
  raise(byNanos: number): Promise<boolean>;
  /** Records the actual cost. May be called twice; the first call counts. */
  settle(spent: Spending): Promise<void>;
}

/** The actual cost of a reservation. All whole numbers. */
export interface Spending {
  nanos: number;
  /** Billed characters and tokens, by the service's own figures. */
  characters?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** A commit that was sent and whose response was lost: it may be billed, so `nanos` is its full price. */
  unanswered?: { characters: number };
}

/** What a run has spent and reserved so far. */
export interface BudgetBalance {
  spentNanos: number;
  /** Reserved for work in progress, or by workers that died. */
  reservedNanos: number;
  /** The part of `reservedNanos` whose request was not sent: if its worker never returns, nothing was spent. */
  unsentNanos: number;
  characters: number;
  inputTokens: number;
  outputTokens: number;
  /** Commits without a response (so far), and the billed characters of their texts. */
  unansweredCommits: number;
  unansweredCharacters: number;
  /** A reservation was refused: the run must not spend any more. */
  exhausted: boolean;
}

/** The balance of a run that has spent nothing. */
export const NOTHING_SPENT: BudgetBalance = {
  spentNanos: 0,
  reservedNanos: 0,
  unsentNanos: 0,
  characters: 0,
  inputTokens: 0,
  outputTokens: 0,
  unansweredCommits: 0,
  unansweredCharacters: 0,
  exhausted: false,
};
