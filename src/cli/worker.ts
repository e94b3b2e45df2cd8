/** `pipeline worker`: works on what runs on other machines have handed to the shared queue. */
import { type Flags, readConfig } from '../config.ts';
import { PipelineError } from '../errors.ts';
import { EXIT } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { openConfiguredStore } from './open-store.ts';
import { accountFor } from './service.ts';
import { openTerminal } from './terminal.ts';
import { openWorkbench } from './workbench.ts';

/** How long steps under way may take to end when the worker is told to stop, in milliseconds; then they are handed back. */
const GRACE_MS = 20_000;

/** Runs until Ctrl-C or SIGTERM; then ends with 0. */
export async function workerCommand(flags: Flags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  if (config.redisUrl === undefined) {
    throw new PipelineError({
      code: 'queue-unreachable',
      message:
        'A worker needs a queue that it shares with others: set REDIS_URL, the same as on the machine that runs the books. ' +
        'On one machine no worker is needed: `pipeline run` works by itself.',
      retry: 'never',
    });
  }
  const account = accountFor(config);
  const store = await openConfiguredStore(config);
  const work = await openWorkbench({ config, account, store, notice: (message) => terminal.err(message) });
  terminal.out(
    `Worker ${work.workerId} is ready: queue ${work.queue.describe}, store ${store.location}, ${config.sessionsAtOnce} sessions.`,
  );
  const interrupt = onInterrupt(() => terminal.err('Stopping: steps under way are finished or handed back.'));
  await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve, { once: true }));
  await work.stopWorkers({ graceMs: GRACE_MS });
  await work.close();
  interrupt.release();
  return EXIT.ok;
}
