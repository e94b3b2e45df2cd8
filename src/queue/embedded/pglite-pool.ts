/**
 * PGlite in the shape of the `pg.Pool` that BullMQ's PostgreSQL backend expects.
 *
 * PGlite is one session, so all queries go through one real `pg` client (PGlite's own node-postgres bridge), one at a
 * time; parameters and results are then handled exactly as in pg. A separate client of BullMQ only receives
 * notifications. BullMQ opens transactions only in its migrations, and these ran when the seed was made, so queries
 * need no grouping.
 */
import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { PgPool, PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';

/** Wraps an open PGlite. `end` waits for queries in progress and leaves the database open; its owner closes it. */
export async function openPool(database: PGlite): Promise<PgPool> {
  const client = new pg.Client(createPgConfig(database));
  // A failed query rejects by itself; without a listener the same error would also end the process.
  client.on('error', () => {});
  await client.connect();

  let last: Promise<unknown> = Promise.resolve();
  const query: Query = (text, params) => {
    const answer = last.then(() => client.query(text, params === undefined ? undefined : [...params]));
    last = answer.catch(() => {});
    return answer;
  };

  const listeners = new Set<Listener>();
  const unsubscribe = database.onNotification((channel, payload) => {
    for (const listener of listeners) listener.emit('notification', { channel, payload });
  });

  const pool: PgPool = {
    query,
    connect: async () => {
      const listener = new Listener(query, () => listeners.delete(listener));
      listeners.add(listener);
      return listener;
    },
    // One session inside this process: there are no connections to open or lose.
    on: () => pool,
    removeAllListeners: () => pool,
    end: async () => {
      unsubscribe();
      await last;
      await client.end();
    },
  };
  return pool;
}

type Query = <R>(text: string, params?: readonly unknown[]) => Promise<PgQueryResult<R>>;

/** A checked-out client for BullMQ: runs queries on the shared session and receives its notifications. */
class Listener extends EventEmitter implements PgPoolClient {
  readonly release: () => void;
  readonly #query: Query;

  constructor(query: Query, release: () => void) {
    super();
    this.setMaxListeners(0);
    this.#query = query;
    this.release = release;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    // All listeners share one session: one that leaves must not end the subscription of the others.
    if (/^\s*unlisten\b/i.test(text)) return Promise.resolve({ rows: [] });
    return this.#query<R>(text, params);
  }
}
