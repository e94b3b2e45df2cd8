/**
 * The life of one dropped book, as a pure function: (state, event) → (state, actions).
 *
 *     seen ──► settling ◄────────────── changed, from any state below ──────────────┐
 *                 │ settled: look it over                                            │
 *                 ├─ something is missing ──► waiting-files ─────────────────────────┤
 *                 ├─ mistakes ──────────────► rejected ──────────────────────────────┤
 *                 ├─ done before ───────────► delivered                              │
 *                 ▼                                                                  │
 *              queued ──► speaking ──► delivering ──► delivered ─────────────────────┤
 *               ▲ ▲ ▲         │             │                                        │
 *               │ │ │         └─ trouble ───┴───────► needs-you ──(retry)──► queued  │
 *               │ │ └─ approved ── waiting-approval ─────────────────────────────────┤
 *               │ └─── freed ───── paused (PAUSE file, quiet hours, budget, outage) ─┤
 *               └───── free ────── elsewhere (another watcher is at it) ─────────────┘
 *
 *     removed, from any state ──► cancelled
 *
 * A book that is being spoken is never dropped in the middle: `changed`, `removed` and `held` ask its run to stop and note
 * what comes then; segments under way end, are kept, and the run's end leads on.
 */

/** Why books wait though nothing is wrong with them. */
export type PauseReason = 'pause-file' | 'quiet-hours' | 'budget' | 'outage';

/** An amount of money. */
export interface Price {
  amount: number;
  currency: string;
}

/** What follows when a run that was asked to stop has ended. */
export type Next = 'again' | 'cancel' | PauseReason;

/** Where a book stands. */
export type State =
  | { name: 'seen' }
  | { name: 'settling' }
  | { name: 'waiting-files'; missing: readonly string[] }
  | { name: 'queued' }
  | { name: 'waiting-approval'; price: Price }
  | { name: 'paused'; hold: PauseReason }
  | { name: 'elsewhere' }
  | { name: 'speaking'; next?: Next }
  | { name: 'delivering'; next?: Next }
  | { name: 'delivered' }
  | { name: 'rejected' }
  | { name: 'needs-you'; reason: string }
  | { name: 'cancelled' };

/** What can happen to a book. */
export type BookEvent =
  /** It was looked at for the first time. */
  | { type: 'looked' }
  /** It, or a file that it names, is not what it was. */
  | { type: 'changed' }
  /** It and all that it names have stopped changing. */
  | { type: 'settled' }
  | { type: 'incomplete'; missing: readonly string[] }
  | { type: 'refused' }
  | { type: 'passed' }
  /** It passed, and exactly this was delivered before. */
  | { type: 'known' }
  | { type: 'held'; hold: PauseReason }
  | { type: 'freed' }
  | { type: 'price-asked'; price: Price }
  | { type: 'approved' }
  | { type: 'taken-elsewhere' }
  | { type: 'free' }
  | { type: 'started' }
  /** The last segment is spoken. */
  | { type: 'spoken' }
  | { type: 'finished' }
  | { type: 'failed'; reason: string }
  /** Its run ended early, as it was asked to. */
  | { type: 'stopped' }
  | { type: 'retry' }
  | { type: 'removed' };

/** What is to be done about it. The status file is rewritten after every change of state, without being asked. */
export type Action =
  /** Read the book and everything that it names. */
  | 'check'
  /** Ask its run to stop; segments under way are finished. */
  | 'stop'
  | 'write-rejection'
  | 'remove-rejection'
  /** Keep that exactly this was delivered. */
  | 'remember'
  /** Try again after a while, though no file changes. */
  | 'schedule-retry'
  /** Remove our own files about it; never anything else. */
  | 'clean-up';

/** A state and what is to be done on the way into it. */
export interface Step {
  state: State;
  actions: readonly Action[];
}

type Rule<S extends State['name'], H extends BookEvent['type']> = (
  state: Extract<State, { name: S }>,
  happening: Extract<BookEvent, { type: H }>,
) => Step;
type Rules = { [S in State['name']]: { [H in BookEvent['type']]?: Rule<S, H> } };

const to = (state: State, ...actions: Action[]): Step => ({ state, actions });
const settling = (): Step => to({ name: 'settling' });
const cancelled = (): Step => to({ name: 'cancelled' }, 'clean-up');
const paused = (_: unknown, { hold }: { hold: PauseReason }): Step => to({ name: 'paused', hold });

/** For a book that nobody works on. */
const idle = { changed: settling, removed: cancelled };

/** For a book whose turn can come: what the look before the start may find. */
const inLine = {
  ...idle,
  incomplete: (_: unknown, { missing }: { missing: readonly string[] }): Step => to({ name: 'waiting-files', missing }),
  refused: () => to({ name: 'rejected' }, 'write-rejection'),
  known: () => to({ name: 'delivered' }, 'remove-rejection', 'remember'),
  failed: (_: unknown, { reason }: { reason: string }): Step => to({ name: 'needs-you', reason }, 'schedule-retry'),
};

/** For a book whose run is under way. The later wish wins, but what was removed is not begun again. */
const running = (name: 'speaking' | 'delivering') => {
  const ask =
    (next: Next) =>
    (state: { next?: Next }): Step =>
      to({ name, next: state.next === 'cancel' && next !== 'again' ? 'cancel' : next }, 'stop');
  const after = ({ next }: { next?: Next }, otherwise: Step): Step => {
    if (next === 'again') return settling();
    if (next === 'cancel') return cancelled();
    return next === undefined ? otherwise : to({ name: 'paused', hold: next });
  };
  return {
    changed: ask('again'),
    removed: ask('cancel'),
    held: (state: { next?: Next }, { hold }: { hold: PauseReason }) =>
      // A run that stops for another reason is not begun again before the line is free anyway.
      state.next === undefined ? ask(hold)(state) : to({ name, next: state.next }),
    finished: (state: { next?: Next }) =>
      // Complete before it could be stopped: a pause has nothing left to hold.
      after(
        state.next === 'again' || state.next === 'cancel' ? state : {},
        to({ name: 'delivered' }, 'remove-rejection', 'remember'),
      ),
    failed: (state: { next?: Next }, { reason }: { reason: string }) =>
      after(state, to({ name: 'needs-you', reason }, 'schedule-retry')),
    stopped: (state: { next?: Next }) => after(state, to({ name: 'queued' })),
  };
};

const RULES: Rules = {
  seen: { ...idle, looked: settling },
  settling: {
    removed: cancelled,
    settled: () => to({ name: 'settling' }, 'check'),
    incomplete: inLine.incomplete,
    refused: inLine.refused,
    failed: inLine.failed,
    known: inLine.known,
    passed: () => to({ name: 'queued' }, 'remove-rejection'),
  },
  'waiting-files': {
    ...inLine,
    settled: (state) => to(state, 'check'),
    passed: () => to({ name: 'queued' }, 'remove-rejection'),
  },
  queued: {
    ...inLine,
    held: paused,
    'taken-elsewhere': () => to({ name: 'elsewhere' }),
    'price-asked': (_, { price }) => to({ name: 'waiting-approval', price }),
    started: () => to({ name: 'speaking' }, 'remove-rejection'),
  },
  'waiting-approval': {
    ...idle,
    approved: () => to({ name: 'queued' }),
    'price-asked': (_, { price }) => to({ name: 'waiting-approval', price }),
  },
  paused: { ...idle, freed: () => to({ name: 'queued' }), held: paused, known: inLine.known },
  elsewhere: { ...idle, free: () => to({ name: 'queued' }) },
  speaking: {
    ...running('speaking'),
    spoken: ({ next }) => to({ name: 'delivering', ...(next === undefined ? {} : { next }) }),
  },
  delivering: running('delivering'),
  delivered: idle,
  rejected: idle,
  'needs-you': { ...idle, retry: () => to({ name: 'queued' }) },
  // The same name again is a new book.
  cancelled: { changed: settling },
};

/** Names of all states, in the order of a book's life. */
export const STATE_NAMES = Object.keys(RULES) as readonly State['name'][];

/** Where a book stands after something happened. What does not concern its state (late news) changes nothing. */
export function transition(state: State, happening: BookEvent): Step {
  const rule = RULES[state.name][happening.type] as ((state: State, happening: BookEvent) => Step) | undefined;
  return rule === undefined ? { state, actions: [] } : rule(state, happening);
}

/** Whether a run of the book is under way. */
export function isRunning({ name }: State): boolean {
  return name === 'speaking' || name === 'delivering';
}
