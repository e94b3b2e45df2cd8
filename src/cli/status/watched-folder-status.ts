/** `pipeline status INBOX`: how the books in a watched folder are doing, as their status files say. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Config, readConfig, silenceSdkNotice } from '../../config.ts';
import { Claims } from '../../watch/claim.ts';
import { OWN_FOLDER, STATUS_ENDING, STOPPED_NOTICE, WATCHER_IDS } from '../../watch/file-names.ts';
import { stateOfStatus } from '../../watch/messages.ts';
import { listNames } from '../../watch/own-files.ts';
import { walkInbox } from '../../watch/walk.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted, openTerminal, pad, plain } from '../screen/terminal.ts';

/** A book of the folder. */
interface BookLine {
  path: string;
  /** As in src/watch/state-machine.ts; `seen` when nothing has been said of it yet. */
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

/** Prints each book's state and the counts; reads the place only, so it can be asked from anywhere that sees it. */
export async function inboxStatusCommand(folder: string, flags: { json?: boolean; out?: string }): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig({ inbox: folder, ...(flags.out === undefined ? {} : { out: flags.out }) });
  const place = await (config.s3Inbox === undefined ? folderPlace(folder, flags.out) : prefixPlace(config, flags.out));
  if (place === undefined) {
    terminal.err(`pipeline: ${folder} is not a folder.`);
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
    terminal.out(JSON.stringify(line));
    return EXIT.ok;
  }
  const states = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  terminal.out(`${counted(books.length, 'book')} in ${root}${states.length > 0 ? `: ${states.join(', ')}` : ''}`);
  if (watchers.length === 0) terminal.out(terminal.paint('yellow', `Nobody is watching: pipeline watch ${folder}`));
  if (paused) terminal.out(terminal.paint('yellow', 'A file named PAUSE stops the line.'));
  if (stopped !== undefined)
    terminal.out(terminal.paint('yellow', plain(stopped.split('\n')[2] ?? 'The line stands.')));
  const width = Math.min(60, Math.max(0, ...books.map(({ path }) => path.length)));
  for (const { path, status } of books) terminal.out(`  ${pad(plain(path), width)}  ${plain(status)}`);
  return EXIT.ok;
}

async function folderPlace(folder: string, out: string | undefined): Promise<Place | undefined> {
  const root = resolve(folder);
  const walk = await walkInbox(root, { skip: [resolve(out ?? join(root, 'done'))] });
  if (walk === undefined) return undefined;
  const seats = join(root, OWN_FOLDER, WATCHER_IDS);
  const watchers: string[] = [];
  for (const name of await listNames(seats)) {
    // One of this machine that has died says nothing any more.
    if (name.endsWith('.json') && (await new Claims().isTaken(join(seats, name)).catch(() => true)))
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
  const [{ Bucket }, { readS3Statuses: lookAtPrefix }] = await Promise.all([
    import('../../store/s3/bucket.ts'),
    import('../../s3-inbox/status-view.ts'),
  ]);
  const bucket = new Bucket(s3Inbox);
  const elsewhere = out !== undefined && s3Out?.prefix !== `${s3Inbox.prefix}done/`;
  return { root: bucket.location, ...(await lookAtPrefix(bucket, elsewhere ? undefined : 'done/')) };
}

async function bookLine({ read }: Place, path: string): Promise<BookLine> {
  const status = (await read(`${path}${STATUS_ENDING}`))?.trim() ?? 'seen';
  return { path, state: stateOfStatus(status) ?? 'seen', status };
}
