/**
 * The account's limits as the code that must obey them sees them.
 *
 * One process or twenty machines: whoever calls the service asks these first. `queue/limits` makes them, in memory for
 * the embedded queue and in Redis for many machines; the callers can not tell which.
 */

/**
 * Lets calls through at a rate. One `pass()` is one request to the service.
 *
 * The window is kept as the service counts it, and it counts when a call arrives, which may be late on a busy machine. So
 * a call holds one of as many tokens as the window has room for, from before it is sent until one window after it has
 * certainly arrived. Had more calls arrived in one window, more tokens would have been held at once than there are.
 */
export interface RateLimiter {
  /**
   * Waits for a token and for the end of any pause. Call what it resolves with as soon as the service has certainly
   * counted the call, and in any case once the call is over; twice does no harm. Rejects with `interrupted` when the
   * signal aborts.
   */
  acquire(signal?: AbortSignal): Promise<() => void>;
  /** The service has throttled: nobody on the account passes for so many milliseconds. */
  pauseFor(ms: number): Promise<void>;
}

/** At most N holders at once over the whole account. */
export interface Semaphore {
  /** Waits for a free slot; the returned function gives it back and is safe to call twice. */
  acquire(signal?: AbortSignal): Promise<() => Promise<void>>;
  /**
   * This process holds more than it should: the account's limit was made smaller, or others wait while it has more than an
   * equal share. Whoever is told `true` should end with one of its own as soon as that is at rest; it is told once for each.
   */
  takeReleaseRequest(): boolean;
  /** Hears when `hasTooMany` begins to say `true`, so that what rests already can go. One listener. */
  onReleaseRequest(listener: () => void): void;
}

/** Runs work on one key by one worker at a time, over all machines. A holder that dies is replaced after its lease ends. */
export interface SingleFlight {
  /** Waits its turn for `key`, runs `work`, releases. Errors of `work` pass through. */
  run<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/**
 * The money of runs. Every commit and every enrolment asks for its price first and says afterwards what it came to, over
 * all machines that work for the run, so that a budget is kept while thousands of segments are under way.
 */
export interface Budgets {
  /** Opens a run's purse. `budgetNanos` null: it only counts. Nanos are thousand millionths of the currency. */
  open(id: string, budgetNanos: number | null): Promise<void>;
  /**
   * Holds an amount back. Waits while only what others hold back stands in the way. Rejects with `over-budget` when what is
   * spent leaves no room, and from then on for everybody, so that a run stops at one place; with `interrupted` on abort.
   *
   * One works on a key at a time (`SingleFlight`), so whoever still holds something for it has died: what that one had sent
   * counts as unanswered, what it had not is given back.
   */
  reserve(id: string, what: ReservationRequest, signal?: AbortSignal): Promise<Reservation>;
  /** What the purse has counted; undefined when nobody knows it (any more). */
  balance(id: string): Promise<BudgetBalance | undefined>;
}

/** What is to be held back, and what for. */
export interface ReservationRequest {
  nanos: number;
  /** Of the step that pays. */
  key: string;
  /** Billed characters of the text that would be sent; 0 for a voice. */
  characters: number;
}

/** An amount that is held back. `settle` ends it; of a holder that died whoever does its work next (see `hold`). */
export interface Reservation {
  /**
   * Just before that is sent which costs the money. Rejects with `interrupted` when this holder was taken for dead meanwhile
   * (its machine slept) and another does its work: nothing may be sent then.
   */
  sending(): Promise<void>;
  /** Holds back more; false when there is no room for it, and nothing changes then. */
  raise(byNanos: number): Promise<boolean>;
  /** Says what it came to. Safe to call twice; the first call counts. */
  settle(spent: Spending): Promise<void>;
}

/** What became of a hold. All whole numbers. */
export interface Spending {
  nanos: number;
  /** Billed characters and tokens by the service's own figures. */
  characters?: number;
  inputTokens?: number;
  outputTokens?: number;
  /** A commit that was sent and whose answer was lost: it may be billed, so `nanos` is its full price. */
  unanswered?: { characters: number };
}

/** What a purse has counted so far. */
export interface BudgetBalance {
  spentNanos: number;
  /** Held back for what is under way, or for what died. */
  reservedNanos: number;
  /** Of that, what was not sent: should nobody come back for it, nothing was spent. */
  unsentNanos: number;
  characters: number;
  inputTokens: number;
  outputTokens: number;
  /** Commits without an answer (yet), and the billed characters of their texts. */
  unansweredCommits: number;
  unansweredCharacters: number;
  /** A hold was refused: the run is not to spend any more. */
  exhausted: boolean;
}

/** The account of a purse that nobody asked. */
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
