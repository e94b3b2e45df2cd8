/**
 * The life of one dropped book, as a pure function: (state, event) → (state, actions).
 *
 *     seen ──► settling ◄────────────── changed, from any state below ──────────────┐
 *                 │ settled: check it                                                │
 *                 ├─ files are missing ─────► waiting-files ─────────────────────────┤
 *                 ├─ invalid ───────────────► rejected ──────────────────────────────┤
 *                 ├─ already delivered ─────► delivered                              │
 *                 ▼                                                                  │
 *              queued ──► speaking ──► delivering ──► delivered ─────────────────────┤
 *               ▲ ▲ ▲         │             │                                        │
 *               │ │ │         └── failed ───┴───────► needs-you ──(retry)──► queued   │
 *               │ │ └─ approved ── waiting-approval ─────────────────────────────────┤
 *               │ └─ resumed ───── paused (PAUSE file, quiet hours, budget, outage) ─┤
 *               └─ claim released ─ elsewhere (another watcher works on it) ─────────┘
 *
 *     removed, from any state ──► cancelled
 *
 * A run is never cut off: `changed`, `removed` and `paused` ask it to stop and record what follows. The segments under way
 * end and are stored, and the end of the run leads to the recorded state.
 */

/** Why books wait although nothing is wrong with them. Written in events: names stay. */
export type PauseReason = 'pause-file' | 'quiet-hours' | 'budget' | 'outage';

/** What may be spent on this version of a book; of an approval and a budget the lower one. */
export interface Granted extends Price {
  by: 'approval' | 'budget';
}

/** An amount of money. */
export interface Price {
  amount: number;
  currency: string;
}

/** What follows when a run that was asked to stop has ended. */
export type AfterRun = 'restart' | 'cancel' | PauseReason;

/** The state of a book. Its `name` is written in events and answers of the API, so names stay. */
export type State =
  | { name: 'seen' }
  | { name: 'settling' }
  | { name: 'waiting-files'; missing: readonly string[] }
  | { name: 'queued' }
  | { name: 'waiting-approval'; price: Price }
  | { name: 'paused'; reason: PauseReason }
  | { name: 'elsewhere' }
  | { name: 'speaking'; next?: AfterRun }
  | { name: 'delivering'; next?: AfterRun }
  | { name: 'delivered' }
  | { name: 'rejected' }
  /** `reasonZh`: the same in Chinese; absent where only the English is known. */
  | { name: 'needs-you'; reason: string; reasonZh?: string }
  | { name: 'cancelled' };

/** What can happen to a book. */
export type BookEvent =
  /** It was scanned for the first time. */
  | { type: 'scanned' }
  /** The book, or a file that it names, has changed. */
  | { type: 'changed' }
  /** The book and all files that it names have stopped changing. */
  | { type: 'settled' }
  | { type: 'incomplete'; missing: readonly string[] }
  | { type: 'invalid' }
  | { type: 'valid' }
  /** Exactly these files were delivered before. */
  | { type: 'already-delivered' }
  | { type: 'paused'; reason: PauseReason }
  | { type: 'resumed' }
  | { type: 'approval-needed'; price: Price }
  | { type: 'approved' }
  | { type: 'claimed-elsewhere' }
  | { type: 'claim-released' }
  | { type: 'started' }
  /** The last segment is spoken. */
  | { type: 'spoken' }
  | { type: 'finished' }
  | { type: 'failed'; reason: string; reasonZh?: string }
  /** Its run ended early because it was asked to. */
  | { type: 'stopped' }
  /** The time has come, or a person asks for it. */
  | { type: 'retry' }
  | { type: 'removed' };

/** What a transition asks for. The status file is rewritten after every change of state without an action. */
export type Action =
  /** Read the book and every file that it names. */
  | 'check'
  /** Ask its run to stop; segments under way are finished. */
  | 'stop'
  | 'write-rejection'
  | 'remove-rejection'
  /** Record that exactly these files were delivered. */
  | 'remember'
  /** Retry later even if no file changes. */
  | 'schedule-retry'
  /** Remove the watcher's own files about the book, and nothing else. */
  | 'clean-up';

/** The next state and the actions on the way into it. */
export interface Transition {
  state: State;
  actions: readonly Action[];
}

type Rule<S extends State['name'], E extends BookEvent['type']> = (
  state: Extract<State, { name: S }>,
  event: Extract<BookEvent, { type: E }>,
) => Transition;
type Rules = { [S in State['name']]: { [E in BookEvent['type']]?: Rule<S, E> } };

const to = (state: State, ...actions: Action[]): Transition => ({ state, actions });
const settling = (): Transition => to({ name: 'settling' });
const cancelled = (): Transition => to({ name: 'cancelled' }, 'clean-up');
const queued = (): Transition => to({ name: 'queued' });
const valid = (): Transition => to({ name: 'queued' }, 'remove-rejection');
const delivered = (): Transition => to({ name: 'delivered' }, 'remove-rejection', 'remember');
const paused = (_: unknown, { reason }: { reason: PauseReason }): Transition => to({ name: 'paused', reason });
const needsYou = (_: unknown, { reason, reasonZh }: { reason: string; reasonZh?: string }): Transition =>
  to({ name: 'needs-you', reason, ...(reasonZh !== undefined && { reasonZh }) }, 'schedule-retry');
const waitingApproval = (_: unknown, { price }: { price: Price }): Transition =>
  to({ name: 'waiting-approval', price });

/** For a book that nobody works on. */
const idle = { changed: settling, removed: cancelled };

/** For a book that may start: what the check before the start can find. */
const checked = {
  incomplete: (_: unknown, { missing }: { missing: readonly string[] }) => to({ name: 'waiting-files', missing }),
  invalid: () => to({ name: 'rejected' }, 'write-rejection'),
  'already-delivered': delivered,
  failed: needsYou,
};

/** For a book whose run is under way. The latest request wins, but a removed book is never restarted. */
const running = (name: 'speaking' | 'delivering') => {
  const stopThen =
    (next: AfterRun) =>
    (state: { next?: AfterRun }): Transition =>
      to({ name, next: state.next === 'cancel' && next !== 'restart' ? 'cancel' : next }, 'stop');
  const after = ({ next }: { next?: AfterRun }, otherwise: Transition): Transition => {
    if (next === 'restart') return settling();
    if (next === 'cancel') return cancelled();
    return next === undefined ? otherwise : to({ name: 'paused', reason: next });
  };
  return {
    changed: stopThen('restart'),
    removed: stopThen('cancel'),
    paused: (state: { next?: AfterRun }, { reason }: { reason: PauseReason }) =>
      // A run that stops for another reason does not start again before the pause ends anyway.
      state.next === undefined ? stopThen(reason)(state) : to({ name, next: state.next }),
    finished: (state: { next?: AfterRun }) =>
      // The run was complete before it could stop, so there is nothing left to pause.
      after(state.next === 'restart' || state.next === 'cancel' ? state : {}, delivered()),
    failed: (state: { next?: AfterRun }, event: { reason: string; reasonZh?: string }) =>
      after(state, needsYou(state, event)),
    stopped: (state: { next?: AfterRun }) => after(state, queued()),
  };
};

const RULES: Rules = {
  seen: { ...idle, scanned: settling },
  settling: { ...checked, removed: cancelled, settled: () => to({ name: 'settling' }, 'check'), valid },
  'waiting-files': { ...idle, ...checked, settled: (state) => to(state, 'check'), valid },
  queued: {
    ...idle,
    ...checked,
    paused,
    'claimed-elsewhere': () => to({ name: 'elsewhere' }),
    'approval-needed': waitingApproval,
    started: () => to({ name: 'speaking' }, 'remove-rejection'),
  },
  'waiting-approval': { ...idle, approved: queued, 'approval-needed': waitingApproval },
  paused: { ...idle, resumed: queued, paused, 'already-delivered': delivered, 'approval-needed': waitingApproval },
  elsewhere: { ...idle, 'claim-released': queued },
  speaking: {
    ...running('speaking'),
    spoken: ({ next }) => to({ name: 'delivering', ...(next === undefined ? {} : { next }) }),
  },
  delivering: running('delivering'),
  delivered: idle,
  rejected: idle,
  'needs-you': { ...idle, retry: queued },
  // The same name again is a new book.
  cancelled: { changed: settling },
};

/** Names of all states, in the order of a book's life. */
export const STATE_NAMES = Object.keys(RULES) as readonly State['name'][];

/** The transition for an event. An event that the state has no rule for, such as a late one, changes nothing. */
export function transition(state: State, event: BookEvent): Transition {
  const rule = RULES[state.name][event.type] as ((state: State, event: BookEvent) => Transition) | undefined;
  return rule === undefined ? { state, actions: [] } : rule(state, event);
}

/** Whether a run of the book is under way. */
export function isRunning({ name }: State): boolean {
  return name === 'speaking' || name === 'delivering';
}
