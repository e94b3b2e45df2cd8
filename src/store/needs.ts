/**
 * What a run needs from the store, and the agreement between runs and `pipeline store prune`: a run declares its keys before
 * it asks what exists, and then waits while a prune deletes; a prune announces itself before it reads what runs need. So at
 * least one of the two sees the other. The record of a killed run stays, and its keys are kept until the book's next run ends.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../errors.ts';
import { type Holder, newHolder, parseHolder } from '../holders/holder.ts';
import { stateOf } from '../holders/process-identity.ts';
import type { Store } from './store.ts';

/** Key of the record of the one prune that may delete. */
export const PRUNE_KEY = 'deleting';
/** A prune that deletes rewrites its record this often, in milliseconds. */
export const PRUNE_BEAT_MS = 5_000;
/** A prune whose record is unchanged for this long is dead, in milliseconds, by the clock of whoever watches it. */
export const PRUNE_DEAD_MS = 30_000;
/** How often a waiting run looks, in milliseconds. */
const LOOK_MS = 500;

/** The keys and digests that a run of a book needs. */
export interface Needs {
  /** Of the submission. */
  revision: string;
  title: string;
  author: string;
  /** Keys of takes and masters, digests of files: 64 hex digits each, sorted. */
  keys: string[];
}

/** What a prune writes at `PRUNE_KEY`; `beat` grows. Whoever finds it on the same machine sees by `holder` whether it still runs. */
export function newPruneRecord(): { id: string; host: string; pid: number; beat: number; holder: Holder } {
  return { id: randomUUID(), host: hostname(), pid: process.pid, beat: 0, holder: newHolder() };
}

/** Declares what a run of a submission needs. */
export async function declareNeeds(store: Store, id: string, needs: Needs): Promise<void> {
  await store.writeRecord('needs', id, needs);
}

/** The run has ended, and the records that it wrote name what its book needs. */
export async function endNeeds(store: Store, id: string): Promise<void> {
  await store.deleteRecord('needs', id);
}

/** Resolves when no prune deletes. `onWait` is called once if one does. Rejects with `interrupted`. */
export async function waitForPrune(
  store: Store,
  { signal, onWait, deadMs = PRUNE_DEAD_MS }: { signal?: AbortSignal | undefined; onWait: () => void; deadMs?: number },
): Promise<void> {
  let last: string | undefined;
  let changedAtMs = performance.now();
  for (let looks = 0; ; looks++) {
    const record = await store.readRecord('prune', PRUNE_KEY);
    if (record === undefined || hasEnded(record)) return;
    if (looks === 0) onWait();
    const text = JSON.stringify(record);
    if (text !== last) [last, changedAtMs] = [text, performance.now()];
    if (performance.now() - changedAtMs >= deadMs) return;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    if (signal?.aborted) throw interrupted('waiting for `pipeline store prune`');
  }
}

/** Whether its process provably ran on this machine and runs no more. Records of earlier versions prove nothing. */
function hasEnded(record: unknown): boolean {
  const { holder } = (record ?? {}) as { holder?: unknown };
  const parsed = holder === undefined ? undefined : parseHolder(JSON.stringify(holder));
  return parsed !== undefined && stateOf(parsed) === 'gone';
}
