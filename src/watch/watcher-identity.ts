/** The watcher ID: a name for each watcher of a folder that is the same after a restart and never used by two at once. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import type { Claim } from './claim.ts';
import { STOPPED_NOTICE, WATCHER_IDS } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { removeLeftovers } from './own-files.ts';

/** Limit for the watchers of one folder on one machine. */
const MAX_WATCHERS = 32;

/** Claims the first free watcher ID of this machine. Rejects with `store-unwritable`. */
export async function claimWatcherId(inbox: Inbox): Promise<{ name: string; claim: Claim }> {
  const folder = join(inbox.ownFolder, WATCHER_IDS);
  const host = hostname().replace(/[^A-Za-z0-9.-]/g, '_');
  try {
    await inbox.storage.prepare();
    for (let number = 1; number <= MAX_WATCHERS; number++) {
      const name = `${host}-${number}`;
      const claim = await inbox.claims.take(join(folder, `${name}.json`));
      if (claim === undefined) continue;
      if ((await inbox.storage.records.list(WATCHER_IDS)).length === 1) {
        // No other watcher runs: remove what a crash left.
        await removeLeftovers(join(inbox.ownFolder, 'tmp'));
        await inbox.storage.statusStorage.remove(join(inbox.options.folder, STOPPED_NOTICE));
      }
      return { name, claim };
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
    message: `${MAX_WATCHERS} watchers on this machine are watching ${inbox.options.folder} already. Stop some of them.`,
    retry: 'never',
  });
}
