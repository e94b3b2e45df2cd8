/** A book in the watched folder, as the watcher keeps it in memory. */

import { isUrgent } from './file-names.ts';
import type { Progress } from './messages.ts';
import { NO_REFERENCES, type References } from './references.ts';
import type { Price, State } from './state-machine.ts';
import type { Stability } from './write-finished.ts';

/** A manifest or archive, its state, and what is known of it. Times are of the watcher's own clock, in milliseconds. */
export interface Drop {
  /** In the watched folder, with `/` between the parts. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly kind: 'manifest' | 'archive';
  readonly urgent: boolean;
  readonly foundAtMs: number;
  state: State;
  stability: Stability | undefined;
  references: References;
  /** The last look found the manifest gone, first at this time. */
  missingSinceMs: number | undefined;
  /** The last sweep did not meet its name, though a file may answer to it: on some disks `A.yaml` and `a.yaml` are one. */
  notListed: boolean;
  /** When it is to be looked at again; infinity: when a sweep or a hint says so. */
  nextScanAtMs: number;
  /** Being read over, or having its turn. */
  busy: 'check' | 'run' | undefined;
  /** A word list that a book names: not a book, and nothing is said of it. */
  partOfBook: boolean;
  /** How it looked when it was last read. */
  checkedSignature: string | undefined;
  title: string | undefined;
  author: string | undefined;
  /** Of what is still to be made, at the last plan. */
  price: Price | undefined;
  progress: Progress | undefined;
  delivered: { chapters: number; folder: string } | undefined;
  rejection: string | undefined;
  /** Ends its run. */
  runAbort: AbortController | undefined;
  tries: number;
  retryAtMs: number;
  /** Since when a file is there but not whole. */
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
    progress: undefined,
    delivered: undefined,
    rejection: undefined,
    runAbort: undefined,
    tries: 0,
    retryAtMs: Number.POSITIVE_INFINITY,
    incompleteSinceMs: undefined,
  };
}

/** The order of the line: urgent books first, then as they came, then by name. */
export function byQueueOrder(a: Drop, b: Drop): number {
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  return a.foundAtMs - b.foundAtMs || (a.path < b.path ? -1 : 1);
}
