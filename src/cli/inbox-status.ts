/** `pipeline status INBOX`: how the books in a watched folder are doing, as their status files say. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { stateOfStatus } from '../watch/messages.ts';
import { OWN_FOLDER, SEATS, STATUS_ENDING, STOPPED_NOTICE } from '../watch/names.ts';
import { listNames } from '../watch/own-files.ts';
import { walkInbox } from '../watch/walk.ts';
import { EXIT } from './exit.ts';
import { counted, openTerminal, pad, plain } from './terminal.ts';

/** A book of the folder. */
interface BookLine {
  path: string;
  /** As in src/watch/machine.ts; `seen` when nothing has been said of it yet. */
  state: string;
  status: string;
}

/** Prints each book's state and the counts; reads the folder only, so it can be asked from anywhere that sees it. */
export async function inboxStatusCommand(folder: string, flags: { json?: boolean; out?: string }): Promise<number> {
  const terminal = openTerminal();
  const root = resolve(folder);
  const walk = await walkInbox(root, { skip: [resolve(flags.out ?? join(root, 'done'))] });
  if (walk === undefined) {
    terminal.err(`pipeline: ${folder} is not a folder.`);
    return EXIT.wrongInput;
  }
  const books = await Promise.all([...walk.books.keys()].sort().map((path) => bookLine(root, path)));
  const counts: Record<string, number> = {};
  for (const { state } of books) counts[state] = (counts[state] ?? 0) + 1;
  const watchers = (await listNames(join(root, OWN_FOLDER, SEATS)))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
  const stopped = await readFile(join(root, STOPPED_NOTICE), 'utf8').catch(() => undefined);
  if (flags.json) {
    const line = {
      type: 'inbox',
      folder: root,
      watchers,
      paused: walk.paused,
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
  if (walk.paused) terminal.out(terminal.paint('yellow', 'A file named PAUSE stops the line.'));
  if (stopped !== undefined)
    terminal.out(terminal.paint('yellow', plain(stopped.split('\n')[2] ?? 'The line stands.')));
  const width = Math.min(60, Math.max(0, ...books.map(({ path }) => path.length)));
  for (const { path, status } of books) terminal.out(`  ${pad(plain(path), width)}  ${plain(status)}`);
  return EXIT.ok;
}

async function bookLine(root: string, path: string): Promise<BookLine> {
  const text = await readFile(join(root, `${path}${STATUS_ENDING}`), 'utf8').catch(() => undefined);
  const status = text?.trim() ?? 'seen';
  return { path, state: stateOfStatus(status) ?? 'seen', status };
}
