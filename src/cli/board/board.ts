/** `pipeline board`: bull-board for the queue of this account and store. */
import { randomBytes } from 'node:crypto';
import { queuePrefix } from '../../account.ts';
import { isLoopback } from '../../auth/authorize.ts';
import { httpToken } from '../../composition/http-token.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfProcess } from '../../composition/own-server.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { readWebSettings } from '../../config/web-settings.ts';
import { PipelineError } from '../../errors.ts';
import { serveBoard } from '../../observe/board.ts';
import { openQueue } from '../../queue/redis/connection.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openTerminal } from '../screen/terminal.ts';

/** The flags of the command. */
export interface BoardFlags extends Flags {
  port: number;
  host?: string;
  allowChanges?: boolean;
  json?: boolean;
}

/** Runs until Ctrl-C or SIGTERM; then ends with 0. */
export async function boardCommand(flags: BoardFlags): Promise<number> {
  const terminal = openTerminal();
  const { host = '127.0.0.1', port, allowChanges = false } = flags;
  const isGenerated = !isLoopback(host) && readWebSettings().apiToken === undefined;
  const token = isGenerated ? randomBytes(24).toString('base64url') : httpToken({ host, flag: '--host' });
  const config = readConfig(flags);
  const { redisUrl, cacheDir } = config;
  if (redisUrl === undefined) {
    throw new PipelineError({
      code: 'queue-unreachable',
      message: 'The board shows a shared queue. Set REDIS_URL to the same URL as for the workers.',
      retry: 'never',
    });
  }
  const store = await openConfiguredStore(config);
  const { account } = await serviceOfProcess(config, { sends: false });
  const prefix = queuePrefix({ account, storeId: store.id });
  const interrupt = onInterrupt(() => undefined);
  const notice = (message: string): void => terminal.err(message);
  const queue = await openQueue({ redisUrl, cacheDir, prefix, notice, stop: interrupt.signal });
  try {
    const board = await serveBoard(queue, { host, port, allowChanges, ...(token !== undefined && { token }) });
    // It belongs to this process alone and nobody knows it yet, so it is printed, like the page's address.
    const password = isGenerated ? token : undefined;
    if (flags.json) {
      terminal.raw(
        JSON.stringify({ type: 'board', url: board.url, queue: queue.describe, password: password ?? null }),
      );
    } else {
      terminal.out(`The queue ${queue.describe} is shown at ${board.url}.`);
      if (password !== undefined)
        terminal.out(`Sign in with any name and the password ${password} (to choose it, set PIPELINE_API_TOKEN).`);
    }
    if (!interrupt.signal.aborted) {
      await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve, { once: true }));
    }
    await board.close();
  } finally {
    await queue.close();
    interrupt.release();
  }
  return EXIT.ok;
}
