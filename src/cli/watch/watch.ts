/** `pipeline watch`: makes a book of everything that is dropped into a folder, until it is interrupted. */
import { join, resolve, sep } from 'node:path';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { accountFor } from '../../composition/service.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import type { Work } from '../../run/run-options.ts';
import { refuseLinks } from '../../store/no-links.ts';
import type { Store } from '../../store/store.ts';
import type { InboxEvent } from '../../watch/events.ts';
import { money } from '../../watch/messages.ts';
import { type QuietHours, readQuietHours } from '../../watch/quiet-hours.ts';
import { watchFolder } from '../../watch/watcher.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { checkNotifications, startNotifications } from './notifications.ts';
import { pruneDaily } from './prune-store.ts';
import { watchedBooks } from './watched-book.ts';
import { openWatchedFolder, openWatchedPrefix } from './watched-place.ts';

/** Flags of `watch`. */
export interface WatchFlags extends Flags {
  json?: boolean;
  booksAtOnce?: number;
  quietHours?: string;
  budgetPerDay?: number;
  approveOver?: number;
  library?: string;
  webhook?: string[];
  httpPort?: number;
  httpHost?: string;
  keepEditions?: number;
}

/** With two books at once, a short one need not wait for a long one, and each has half of the sessions. */
const DEFAULT_BOOKS_AT_ONCE = 2;

/**
 * Runs until Ctrl-C or SIGTERM; then ends with 0. Fails at once when the folder or the key is missing, or a flag is wrong.
 * With `json`, stdout has one event per line and nothing else.
 */
export async function watchCommand(folder: string, flags: WatchFlags): Promise<number> {
  const terminal = openTerminal();
  const quietHours = quietHoursOf(flags.quietHours);
  const config = configFor(folder, flags);
  const { outDir } = config;
  // With one's own server, books for it need no key.
  if (config.ownServer.url === undefined) accountFor(config);
  checkNotifications(flags);
  const notice = (message: string): void => (flags.json ? terminal.err(plain(message)) : terminal.out(plain(message)));
  const interrupt = onInterrupt(() => terminal.err('Stopping: takes in progress have a moment to finish.'));
  const stopped = interrupt.signal;
  const place = await (config.s3Inbox === undefined
    ? openWatchedFolder(folder)
    : openWatchedPrefix(config, { notice, stopped }));
  const root = place.folder;
  const outRoot = outDir.startsWith(join(root, sep)) ? root : undefined;
  if (outRoot !== undefined) await refuseLinks(outRoot, outDir);
  if (!flags.json) terminal.out(`Watching ${place.address ?? root}. Finished books go to ${outDir}.`);
  const library = flags.library === undefined ? undefined : resolve(flags.library);
  let books: ReturnType<typeof watchedBooks> | undefined;
  const work = (): Promise<Work> | undefined => books?.work();
  const notifications = await startNotifications({ folder: root, flags: { ...flags, out: outDir }, notice, work });
  books = watchedBooks({ flags: { ...flags, out: outDir }, notice, signal: stopped, library, outRoot });
  const { keepEditions } = flags;
  if (keepEditions !== undefined) {
    const openStore = (): Promise<Store> => openConfiguredStore(config, { stop: stopped });
    void pruneDaily({ openStore, keepEditions, notice, signal: stopped });
  }
  try {
    await watchFolder({
      folder: root,
      address: place.address,
      storage: place.storage,
      outDir,
      workDir: join(config.storeDir, 'unpacked'),
      prepare: books.prepare,
      readReferences: books.readReferences,
      diagnose: books.diagnose,
      expectWork: books.expectWork,
      spentOn: books.spentOn,
      paidSince: books.paidSince,
      isSimulation: config.simulate,
      onOpen: (view) => {
        place.follow(view);
        notifications.onOpen(view);
      },
      emit: (event) => {
        notifications.emit(event);
        if (flags.json) terminal.raw(JSON.stringify(event));
        else printEvent(event, (line) => terminal.out(plain(line)));
      },
      notice,
      signal: stopped,
      booksAtOnce: flags.booksAtOnce ?? DEFAULT_BOOKS_AT_ONCE,
      quietHours,
      budgetPerDay: flags.budgetPerDay,
      approveOver: flags.approveOver,
    });
  } finally {
    await notifications.close();
    await books.close();
    await place.close();
    interrupt.release();
  }
  return EXIT.ok;
}

/** The configuration; finished books go below the watched folder unless --out names another place. */
function configFor(folder: string, flags: WatchFlags): Config {
  const given = readConfig({ ...flags, inbox: folder });
  const isOnS3 = given.s3Inbox !== undefined;
  if (isOnS3 && flags.httpPort !== undefined)
    throw new ConfigError(
      '--http-port needs a watched folder on this machine: the HTTP API writes the submitted books into it.',
    );
  const done = isOnS3 ? `${folder.replace(/\/+$/, '')}/done` : join(resolve(folder), 'done');
  const config = readConfig({ ...flags, inbox: folder, out: flags.out ?? done });
  if (config.s3Out !== undefined && flags.library !== undefined)
    throw new ConfigError('--library copies finished books from a folder: name a folder with --out.');
  return config;
}

function quietHoursOf(text: string | undefined): QuietHours | undefined {
  if (text === undefined) return undefined;
  const hours = readQuietHours(text);
  if (hours === undefined) throw new ConfigError(`--quiet-hours must be like 22:00-06:00, not "${text}".`);
  return hours;
}

/** Prints the events that a person at the terminal wants to know. */
function printEvent(event: InboxEvent, print: (line: string) => void): void {
  switch (event.type) {
    case 'inbox.state':
      if (event.state !== 'seen' && event.state !== 'settling' && event.state !== 'elsewhere')
        print(`${event.path}: ${event.status}`);
      return;
    case 'inbox.rejected':
      for (const line of event.errors.split('\n')) print(line);
      return;
    case 'inbox.budget':
      // What a simulator spoke cost nothing.
      if (event.simulated) return;
      print(
        `Spent today: ${money(event.spent)}${event.limit === null ? '' : ` of ${money({ ...event.spent, amount: event.limit })}`}`,
      );
      return;
    case 'inbox.paused':
      print(`Paused: ${event.why}`);
      return;
    case 'inbox.resumed':
      print('Resumed.');
      return;
    case 'inbox.accepted':
    case 'inbox.attention':
    case 'inbox.delivered':
    case 'inbox.cancelled':
      // An event of the new state was printed.
      return;
  }
}
