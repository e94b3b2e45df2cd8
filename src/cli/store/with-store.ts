/** Opens the store for a command that looks at it or changes it. */
import { existsSync } from 'node:fs';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Store } from '../../store/store.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import type { Terminal } from '../screen/terminal.ts';

/** Flags of every command on the store. */
export type StoreFlags = Flags & { json?: boolean; yes?: boolean };

/** An open store. */
export interface OpenedStore {
  config: Config;
  store: Store;
  /** Aborts at Ctrl-C. */
  signal: AbortSignal;
}

/**
 * Calls `work` with the store. With `changes` and without a shared queue, waits until no run uses the store. Throws
 * `ConfigError` when there is no store, which is not created.
 */
export async function withStore(
  flags: StoreFlags,
  { terminal, changes }: { terminal: Terminal; changes: boolean },
  work: (opened: OpenedStore) => Promise<number>,
): Promise<number> {
  const config = readConfig(flags);
  if (config.s3 === undefined && !existsSync(config.storeDir)) {
    throw new ConfigError(
      `There is no store at ${config.storeDir}. Run the command in the folder of your runs, or name the store with --store.`,
    );
  }
  const store = await openConfiguredStore(config);
  const interrupt = onInterrupt(() => undefined);
  const onWait = () => terminal.err('A run is using this store; waiting for it to finish. To give up, press Ctrl-C.');
  const lock =
    changes && config.redisUrl === undefined ? await store.lock({ onWait, signal: interrupt.signal }) : undefined;
  try {
    return await work({ config, store, signal: interrupt.signal });
  } finally {
    await lock?.release();
    interrupt.release();
  }
}
