/** The watcher ID: a name for each watcher of a folder that is the same after a restart and never used by two at once. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError, systemCode } from '../errors.ts';
import type { Claim } from './claim.ts';
import { STOPPED_NOTICE, WATCHER_IDS } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { removeLeftovers } from './own-files.ts';
import { removeUnneeded } from './unpacked-room.ts';

/** Limit for the watchers of one folder on one machine. */
const MAX_WATCHERS = 32;
/** A dead watcher is noticed within this many times the limit for claims. */
const PATIENCE = 2;
/** How often to look for dead watchers, in milliseconds; more often where claims have a shorter limit. */
const SWEEP_INTERVAL_MS = 15_000;

/** The ID of this watcher. */
export interface WatcherId {
  name: string;
  claim: Claim;
}

/** Claims the first free watcher ID of this machine. Rejects with `store-unwritable`. */
export async function claimWatcherId(inbox: Inbox): Promise<WatcherId> {
  try {
    await inbox.storage.prepare();
    const id = (await takeFreeId(inbox)) ?? (await waitForId(inbox));
    if (id !== undefined) {
      if ((await otherIds(inbox, id.name)).length === 0) await cleanUpAlone(inbox);
      return id;
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError({
      code: 'store-unwritable',
      message: `The folder ${inbox.options.folder} cannot be written (${systemCode(error) ?? error}). The watcher stores its records and the status files there. Allow it to write.`,
      retry: 'never',
      cause: error,
    });
  }
  throw new PipelineError({
    code: 'store-unwritable',
    message: `${MAX_WATCHERS} watchers on this machine are already watching ${inbox.options.folder}. Stop some of them.`,
    retry: 'never',
  });
}

async function takeFreeId(inbox: Inbox): Promise<WatcherId | undefined> {
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
  for (let number = 1; number <= MAX_WATCHERS; number++) {
    const name = `${host}-${number}`;
    const claim = await inbox.claims.take(idPath(inbox, `${name}.json`));
    if (claim !== undefined) return { name, claim };
  }
  return undefined;
}

/** All IDs are claimed, perhaps by containers that were killed: waits as long as it takes to find out. */
async function waitForId(inbox: Inbox): Promise<WatcherId | undefined> {
  const { staleMs, strangersMs = staleMs } = inbox.timings.claim;
  const patienceMs = Math.max(staleMs, strangersMs) * PATIENCE;
  for (const until = performance.now() + patienceMs; performance.now() < until; ) {
    await sleep(staleMs / 10, undefined, { signal: inbox.options.signal }).catch(() => undefined);
    if (inbox.options.signal.aborted) return undefined;
    const id = await takeFreeId(inbox);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * Removes the IDs of watchers that died where this process cannot see it at once: on another machine, or in a container. Returns
 * when to call it again, in milliseconds of `performance.now()`.
 */
export async function sweepWatcherIds(inbox: Inbox, own: string, dueAtMs: number): Promise<number> {
  if (performance.now() < dueAtMs) return dueAtMs;
  let removed = 0;
  const others = await otherIds(inbox, own);
  for (const name of others) {
    const path = idPath(inbox, name);
    if (await inbox.claims.isTaken(path)) continue;
    const claim = await inbox.claims.take(path);
    // Whoever holds the ID may write its file.
    if (claim !== undefined) await inbox.budgetOf(name.replace(/\.json$/, '')).settleKilledRuns();
    await claim?.release();
    inbox.claims.forget(path);
    removed += 1;
  }
  if (removed > 0 && removed === others.length) await cleanUpAlone(inbox);
  return performance.now() + Math.min(SWEEP_INTERVAL_MS, inbox.timings.claim.staleMs / 4);
}

/** Removes what a crash left, when no other watcher runs. */
async function cleanUpAlone(inbox: Inbox): Promise<void> {
  const { options, ownFolder, storage } = inbox;
  await removeLeftovers(join(ownFolder, 'tmp'));
  await removeUnneeded(options.workDir);
  if (inbox.outage.cause === undefined) await storage.statusStorage.remove(join(options.folder, STOPPED_NOTICE));
}

async function otherIds(inbox: Inbox, own: string): Promise<string[]> {
  const names = await inbox.storage.records.list(WATCHER_IDS);
  return names.filter((name) => name.endsWith('.json') && name !== `${own}.json`);
}

function idPath(inbox: Inbox, name: string): string {
  return join(inbox.ownFolder, WATCHER_IDS, name);
}
