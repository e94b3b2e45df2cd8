/**
 * Grants: what a command, an approval or a manifest allows to be spent for a book, and what was spent of it. A grant
 * outlives the runs that spend it.
 *
 * Each change of a grant is a new record, `ID.1`, `ID.2`, …, of which the highest counts; lower ones are deleted. Of two
 * processes that change a grant at once, one creates the next record and the other reads again. A process that slept may
 * create a record that was deleted long ago: it then finds a higher one, removes its own, and reads again. So no change is
 * lost and no money is set aside twice, on a disk and on S3.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../errors.ts';
import type { ProcessIdentity } from '../holders/process-identity.ts';
import type { BookName } from './spending/read-spending.ts';
import type { Store } from './store.ts';

/** A grant. Amounts are nanos, billionths of the currency unit. */
export interface Grant {
  /** `[a-z0-9-]+`, at least two characters. */
  id: string;
  /** Title of the book, for people who read the store. */
  title: string;
  grantedNanos: number;
  currency: string;
  /** Spent by budgets that have ended. What a lost budget was allotted counts as spent, unless the ledger of spending proves less. */
  spentNanos: number;
  /** What budgets were allotted that may still be spent, by the ID of the budget. */
  allotments: Record<string, GrantAllotment>;
  /** ISO 8601, UTC. */
  openedAt: string;
}

/** A budget's part of a grant. */
export interface GrantAllotment {
  /** Set aside for the budget, in all: it can not have spent more. */
  nanos: number;
  /** See `AllottedBudgets` in src/limits.ts. */
  generation: number;
  /** Spent of it at the last look. */
  spentNanos: number;
  /** Whether the budget is in Redis; otherwise it ends with its process. */
  isShared: boolean;
  /** Of a budget that ends with its process: which that is. Missing in records of earlier versions. */
  process?: ProcessIdentity;
  /** The book under which the ledger of spending has its calls. Missing in records of earlier versions. */
  book?: BookName;
}

/** What became of a grant. `heldNanos`: set aside for runs and not spent at the last look. */
export interface GrantBalance {
  grantedNanos: number;
  spentNanos: number;
  heldNanos: number;
  currency: string;
}

/** The balance of a grant. */
export function grantBalance({ grantedNanos, spentNanos, allotments, currency }: Grant): GrantBalance {
  const balance = { grantedNanos, spentNanos, heldNanos: 0, currency };
  for (const { nanos, spentNanos: spent } of Object.values(allotments)) {
    balance.spentNanos += spent;
    balance.heldNanos += Math.max(0, nanos - spent);
  }
  return balance;
}

/** What can still be set aside, at least 0. */
export function leftNanos(grant: Grant): number {
  const { grantedNanos, spentNanos, heldNanos } = grantBalance(grant);
  return Math.max(0, grantedNanos - spentNanos - heldNanos);
}

/** The grant; undefined when there is none. Rejects with `store-damaged` when its record is damaged. */
export async function findGrant(store: Store, id: string): Promise<Grant | undefined> {
  return (await head(store, id)).grant;
}

/**
 * Changes a grant, or opens it when `change` is given undefined. `change` may run several times; with undefined it changes
 * nothing. Returns the grant after that.
 */
export async function changeGrant(
  store: Store,
  id: string,
  change: (grant: Grant | undefined) => Grant | undefined,
): Promise<Grant | undefined> {
  for (let tries = 0; ; tries++) {
    const { version, grant } = await head(store, id);
    const next = change(grant);
    if (next === undefined) return grant;
    if (await replace(store, id, { version: version + 1, before: grant, next })) return next;
    await sleep(Math.random() * Math.min(200, 5 * 2 ** tries));
  }
}

/** Reads a record that another process may delete in the meantime. */
const MOST_READS = 100;

async function head(store: Store, id: string): Promise<{ version: number; grant: Grant | undefined }> {
  for (let read = 0; read < MOST_READS; read++) {
    const version = Math.max(0, ...(await versionsOf(store, id)));
    if (version === 0) return { version, grant: undefined };
    const record = await store.readRecord('grant', recordKey(id, version));
    if (isGrant(record) && record.id === id) return { version, grant: record };
    // Either it was replaced while it was read, or it is damaged.
    if ((await versionsOf(store, id)).every((other) => other <= version)) throw damagedGrant(store, id, version);
  }
  throw damagedGrant(store, id, 0);
}

/** How many earlier versions a record names, to tell whether it was made from one of them. */
const LINEAGE = 20;

/** Writes the next version; false when another process has changed the grant. */
async function replace(
  store: Store,
  id: string,
  { version, before, next }: { version: number; before: Grant | undefined; next: Grant },
): Promise<boolean> {
  const key = recordKey(id, version);
  const token = randomUUID();
  const lineage = [token, ...lineageOf(before)].slice(0, LINEAGE);
  if (!(await store.addRecord('grant', key, { ...next, lineage }))) return false;
  const now = await head(store, id);
  // Not made from ours: we wrote below it, or, on a disk without hard links, another process over ours.
  if (!lineageOf(now.grant).includes(token)) {
    if (now.version > version) await store.deleteRecord('grant', key);
    return false;
  }
  for (const old of await versionsOf(store, id))
    if (old < now.version) await store.deleteRecord('grant', recordKey(id, old));
  return true;
}

/** The tokens of a record and of those that it was made from, the latest first. */
function lineageOf(grant: Grant | undefined): string[] {
  const { lineage } = (grant ?? {}) as { lineage?: unknown };
  return Array.isArray(lineage) ? lineage.map(String) : [];
}

async function versionsOf(store: Store, id: string): Promise<number[]> {
  const start = `${id}.`;
  const keys = await store.listRecords('grant', { startsWith: start });
  return keys.map((key) => Number(key.slice(start.length))).filter((version) => version > 0);
}

function recordKey(id: string, version: number): string {
  return `${id}.${version}`;
}

function damagedGrant(store: Store, id: string, version: number): PipelineError {
  const message = `The record of what was spent of the budget (records/grant/…/${recordKey(id, version)}.json in ${store.location}) is damaged. To open a new budget, run with --budget.`;
  return new PipelineError({ code: 'store-damaged', message, retry: 'never' });
}

function isGrant(value: unknown): value is Grant {
  if (typeof value !== 'object' || value === null) return false;
  const { id, grantedNanos, spentNanos, allotments, currency } = value as Partial<Record<keyof Grant, unknown>>;
  const amounts = typeof grantedNanos === 'number' && typeof spentNanos === 'number';
  return typeof id === 'string' && typeof currency === 'string' && amounts && typeof allotments === 'object';
}
