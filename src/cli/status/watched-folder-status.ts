/** `pipeline status <folder>`: the books in a watched folder, by their status files. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { withPackages } from '../../composition/optional-packages.ts';
import { type Config, readConfig, silenceSdkNotice } from '../../config/config.ts';
import { Claims } from '../../watch/claim.ts';
import { OWN_FOLDER, STATUS_ENDING, STOPPED_NOTICE, WATCHER_IDS } from '../../watch/file-names.ts';
import { stateOfStatus } from '../../watch/messages.ts';
import { listNames } from '../../watch/own-files.ts';
import { walkInbox } from '../../watch/walk.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal } from '../screen/terminal.ts';

/** A book of the folder. */
interface BookLine {
  path: string;
  /** As in src/watch/state-machine.ts; `seen` when the book has no status yet. */
  state: string;
  status: string;
}

/** Where the books are: a folder, or a prefix on S3. */
interface Place {
  /** Absolute, or an address. */
  root: string;
  books: string[];
  watchers: string[];
  paused: boolean;
  read(name: string): Promise<string | undefined>;
}

/** Prints each book's state and the counts. Only reads, so it works on any machine that sees the folder. */
export async function watchedFolderStatusCommand(
  folder: string,
  flags: { json?: boolean; out?: string },
): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig({ inbox: folder, ...(flags.out === undefined ? {} : { out: flags.out }) });
  const place = await (config.s3Inbox === undefined ? folderPlace(folder, flags.out) : prefixPlace(config, flags.out));
  if (place === undefined) {
    terminal.err(`pipeline: ${folder} is not a folder. Name a watched folder or a book.`);
    return EXIT.wrongInput;
  }
  const { root, watchers, paused } = place;
  const books = await Promise.all(place.books.map((path) => bookLine(place, path)));
  const counts: Record<string, number> = {};
  for (const { state } of books) counts[state] = (counts[state] ?? 0) + 1;
  const stopped = await place.read(STOPPED_NOTICE);
  if (flags.json) {
    const line = {
      type: 'inbox',
      folder: root,
      watchers,
      paused,
      stopped: stopped ?? null,
      counts,
      books,
    };
    terminal.raw(JSON.stringify(line));
    return EXIT.ok;
  }
  const states = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  terminal.out(`${counted(books.length, 'book')} in ${root}${states.length > 0 ? `: ${states.join(', ')}` : ''}`);
  if (watchers.length === 0)
    terminal.out(terminal.paint('yellow', `No watcher is running. Start one: pipeline watch ${folder}`));
  if (paused)
    terminal.out(terminal.paint('yellow', 'The watcher is paused by the file PAUSE. To resume, delete the file.'));
  if (stopped !== undefined)
    terminal.out(terminal.paint('yellow', plain(stopped.split('\n')[2] ?? 'The watcher has stopped making books.')));
  const rows = books.map(({ path, status }) => [plain(path), plain(status)]);
  const narrow = { how: 'wrap', least: 24 } as const;
  for (const line of tableLines({ columns: [{}, { narrow }], rows, width: terminal.columns })) terminal.out(line);
  return EXIT.ok;
}

async function folderPlace(folder: string, out: string | undefined): Promise<Place | undefined> {
  const root = resolve(folder);
  const walk = await walkInbox(root, { skip: [resolve(out ?? join(root, 'done'))] });
  if (walk === undefined) return undefined;
  const watcherIds = join(root, OWN_FOLDER, WATCHER_IDS);
  const watchers: string[] = [];
  for (const name of await listNames(watcherIds)) {
    // The file of a watcher that died on this machine does not count.
    if (name.endsWith('.json') && (await new Claims().isTaken(join(watcherIds, name)).catch(() => true)))
      watchers.push(name.slice(0, -'.json'.length));
  }
  return {
    root,
    books: [...walk.books.keys()].sort(),
    watchers,
    paused: walk.paused,
    read: (name) => readFile(join(root, name), 'utf8').catch(() => undefined),
  };
}

async function prefixPlace({ s3Inbox, s3Out }: Config, out: string | undefined): Promise<Place | undefined> {
  if (s3Inbox === undefined) return undefined;
  silenceSdkNotice();
  const [{ Bucket }, { readS3Statuses }] = await Promise.all([
    withPackages('s3', () => import('../../store/s3/bucket.ts')),
    import('../../s3-inbox/status-view.ts'),
  ]);
  const bucket = new Bucket(s3Inbox);
  const elsewhere = out !== undefined && s3Out?.prefix !== `${s3Inbox.prefix}done/`;
  return { root: bucket.location, ...(await readS3Statuses(bucket, elsewhere ? undefined : 'done/')) };
}

async function bookLine({ read }: Place, path: string): Promise<BookLine> {
  const status = (await read(`${path}${STATUS_ENDING}`))?.trim() ?? 'seen';
  return { path, state: stateOfStatus(status) ?? 'seen', status };
}
