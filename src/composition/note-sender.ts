/** Notes to people from a run or a worker. What is not delivered waits beside the store for the next run or worker. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { describeError } from '../errors.ts';
import type { Note } from '../web/note-format.ts';
import { noteEndpoints } from './note-endpoints.ts';

/** Folder of messages that wait, in this machine's folder of the store. */
const FOLDER = 'notifications';
/** Longest wait for the services at the end of a run, in milliseconds. */
const SETTLE_MS = 10_000;

/** Sends notes. */
export interface NoteSender {
  /** Never throws; a book is never held up by it. */
  tell(note: Note): void;
  /** Waits up to ten seconds until what is due was tried, and stops. */
  close(): Promise<void>;
}

/** Starts to send, also what earlier processes left. Undefined without an address. Throws `ConfigError` for a wrong setting. */
export async function openNoteSender(of: {
  config: Pick<Config, 'storeDir'>;
  notice: (message: string) => void;
}): Promise<NoteSender | undefined> {
  const endpoints = noteEndpoints();
  if (endpoints.length === 0) return undefined;
  const { config, notice } = of;
  const ownFolder = join(config.storeDir, FOLDER);
  try {
    for (const name of ['tmp', 'claims']) await mkdir(join(ownFolder, name), { recursive: true });
  } catch (error) {
    notice(`Nobody can be notified: ${ownFolder} cannot be written (${describeError(error)}).`);
    return undefined;
  }
  const [{ startWebhooks }, { Claims }] = await Promise.all([
    import('../web/webhook-delivery.ts'),
    import('../watch/claim.ts'),
  ]);
  const sender = startWebhooks({ ownFolder, endpoints, secrets: [], claims: new Claims(), notice });
  return {
    tell: (note) => sender.tell(note),
    close: async () => {
      await sender.settle(SETTLE_MS);
      await sender.close();
    },
  };
}
