/**
 * An embedded database that is started ahead of work that is likely to come, such as while a person reads its price. It is
 * only a database: nothing waits in it, and it has no lock.
 */
import type { EmbeddedDatabase } from './embedded.ts';

/** How long it waits for its work, in milliseconds; it takes about 100 MB of memory. */
const KEPT_MS = 60_000;

/** A database ahead of its work. */
export interface ReadyDatabase {
  /** Starts one, unless one is ready. A failure is left to the work. */
  expect(): void;
  /** The one that is ready or starting, from now on the caller's to close; otherwise a new one. Throws as `openEmbedded`. */
  take(): Promise<EmbeddedDatabase>;
  /** Closes the one that nobody has taken. */
  close(): Promise<void>;
}

/** Keeps at most one database ready. `keptMs`: default, a minute. */
export function readyDatabase(open: () => Promise<EmbeddedDatabase>, { keptMs = KEPT_MS } = {}): ReadyDatabase {
  let ready: Promise<EmbeddedDatabase | undefined> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const release = (): Promise<EmbeddedDatabase | undefined> => {
    clearTimeout(timer);
    const released = ready ?? Promise.resolve(undefined);
    ready = undefined;
    return released;
  };
  const close = async (): Promise<void> => {
    await (await release())?.close();
  };
  return {
    expect() {
      ready ??= open().catch(() => undefined);
      clearTimeout(timer);
      timer = setTimeout(() => void close().catch(() => undefined), keptMs).unref();
    },
    take: async () => (await release()) ?? open(),
    close,
  };
}
