/** A drop: a book in the watched folder, as the watcher has it in memory. */

import type { SpendingSummary } from '../store/spending/sums.ts';
import { isUrgent } from './file-names.ts';
import type { Progress } from './messages.ts';
import { NO_REFERENCES, type References } from './references.ts';
import type { Granted, Price, State } from './state-machine.ts';
import type { BookFailure } from './why-incomplete.ts';
import type { Stability } from './write-finished.ts';

/** A manifest or archive and its state. Times are milliseconds of `performance.now()`. */
export interface Drop {
  /** Path in the watched folder, with `/` between the parts. */
  readonly path: string;
  /** Absolute path. */
  readonly file: string;
  readonly kind: 'manifest' | 'archive';
  readonly urgent: boolean;
  readonly foundAtMs: number;
  state: State;
  stability: Stability | undefined;
  references: References;
  /** When the manifest was first found missing. */
  missingSinceMs: number | undefined;
  /** The last sweep did not list this name. A file may still open under it: on some disks `A.yaml` and `a.yaml` are one. */
  notListed: boolean;
  /** When to scan it again; infinity: with the next sweep or hint. */
  nextScanAtMs: number;
  /** Whether a check or a run is under way. */
  busy: 'check' | 'run' | undefined;
  /** A word list that a book names: not a book, and without a status. */
  partOfBook: boolean;
  /** The fingerprint when it was last checked. */
  checkedSignature: string | undefined;
  title: string | undefined;
  author: string | undefined;
  /** Price of what is still to be made, at the last plan. */
  price: Price | undefined;
  /** What all runs paid, when it was last read; undefined when nothing is recorded. */
  spent: SpendingSummary | undefined;
  spentReadAtMs: number;
  granted: Granted | undefined;
  progress: Progress | undefined;
  delivered: { chapters: number; folder: string } | undefined;
  rejection: string | undefined;
  /** The same in Chinese. */
  rejectionZh: string | undefined;
  /** What failed in its last run or check. */
  failures: readonly BookFailure[];
  /** A person has asked for another try: its next run sends texts again that the service refused. */
  retryRefused: boolean;
  /** When its last run used up a day's budget: the day, and what was left of it. */
  usedUp: { day: string; left: number } | undefined;
  /** Stops its run. */
  runAbort: AbortController | undefined;
  tries: number;
  retryAtMs: number;
  /** Since when one of its files is incomplete. */
  incompleteSinceMs: number | undefined;
}

/** A book that was just found. */
export function newDrop(of: { path: string; file: string; kind: Drop['kind']; nowMs: number }): Drop {
  return {
    path: of.path,
    file: of.file,
    kind: of.kind,
    urgent: isUrgent(of.path),
    foundAtMs: of.nowMs,
    state: { name: 'seen' },
    stability: undefined,
    references: NO_REFERENCES,
    missingSinceMs: undefined,
    notListed: false,
    nextScanAtMs: of.nowMs,
    busy: undefined,
    partOfBook: false,
    checkedSignature: undefined,
    title: undefined,
    author: undefined,
    price: undefined,
    spent: undefined,
    spentReadAtMs: Number.NEGATIVE_INFINITY,
    granted: undefined,
    progress: undefined,
    delivered: undefined,
    rejection: undefined,
    rejectionZh: undefined,
    failures: [],
    retryRefused: false,
    usedUp: undefined,
    runAbort: undefined,
    tries: 0,
    retryAtMs: Number.POSITIVE_INFINITY,
    incompleteSinceMs: undefined,
  };
}

/** The order of the queue: urgent books first, then by arrival, then by path. */
export function byQueueOrder(a: Drop, b: Drop): number {
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  return a.foundAtMs - b.foundAtMs || (a.path < b.path ? -1 : 1);
}
