/** Each watcher of a folder has a seat: a name that is the same after a restart, and is never held by two. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import type { Claim } from './claim.ts';
import { STOPPED_NOTICE, WATCHER_IDS } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { removeLeftovers } from './own-files.ts';

/** More watchers of one folder on one machine make no sense. */
const MAX_WATCHERS = 32;

/** Takes the first free seat of this machine. Rejects with `store-unwritable`. */
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
        // What a crash has left.
        await removeLeftovers(join(inbox.ownFolder, 'tmp'));
        await inbox.storage.statusStorage.remove(join(inbox.options.folder, STOPPED_NOTICE));
      }
      return { name, claim };
    }
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    throw new PipelineError({
      code: 'store-unwritable',
      message: `The folder ${inbox.options.folder} can not be written (${systemCode(error) ?? error}). The watcher keeps its notes and the status files in it: give it the right to.`,
      retry: 'never',
      cause: error,
    });
  }
  throw new PipelineError({
    code: 'store-unwritable',
    message: `${MAX_WATCHERS} watchers of this machine are at ${inbox.options.folder} already.`,
    retry: 'never',
  });
}
