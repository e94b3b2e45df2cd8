/** `pipeline status`: what the store holds, its books, and what the shared queue is doing. */
import { existsSync } from 'node:fs';
import { queuePrefix } from '../../account.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfProcess } from '../../composition/own-server.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import type { KindCounts } from '../../queue/control.ts';
import { listBooks, type SubmittedBook } from '../../submissions/list.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { pickBook } from '../control/pick-book.ts';
import { bookEvent, bookScreen, bookTable } from '../screen/books-screen.ts';
import { counted, grouped } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal } from '../screen/terminal.ts';
import { followBooks } from './follow-books.ts';

/** Flags of `status`. */
export type StatusFlags = Flags & { json?: boolean; follow?: boolean };

/**
 * Exit code 0, or 3 when the store or the queue cannot be reached. With `follow`, runs until every book (or the named one)
 * has ended, and ends with 1 when one was not delivered.
 */
export async function statusCommand(name: string | undefined, flags: StatusFlags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  if (flags.follow) return followBooks({ store, name, terminal, json: flags.json ?? false });
  const books = await listBooks(store);
  if (name !== undefined) {
    const book = pickBook(books, name);
    if (flags.json) terminal.raw(JSON.stringify(bookEvent(book)));
    else for (const line of bookScreen(book, terminal)) terminal.out(line);
    return EXIT.ok;
  }
  const [takes, voices, masters] = await Promise.all(
    (['take', 'voice', 'master'] as const).map(async (kind) => (await store.listRecords(kind)).length),
  );
  const counts = { takes: takes ?? 0, voices: voices ?? 0, masters: masters ?? 0 };
  const queue = config.redisUrl === undefined ? undefined : await sharedQueue(config.redisUrl, config, store.id);
  if (flags.json) {
    terminal.out(
      JSON.stringify({
        type: 'status',
        store: { location: store.location, ...counts },
        queue: queue ?? null,
        books: books.map(bookEvent),
      }),
    );
    return EXIT.ok;
  }
  terminal.out(
    `Store ${store.location}: ${counted(counts.voices, 'voice')}, ${counted(counts.takes, 'take')}, ${counted(counts.masters, 'finished chapter')}.`,
  );
  for (const line of bookTable(books, terminal)) terminal.out(line);
  if (queue === undefined) {
    terminal.out('Queue: not shared, because REDIS_URL is not set; each run has its own.');
    return EXIT.ok;
  }
  terminal.out(`Queue ${queue.location}:`);
  const states = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const;
  const columns = [{}, ...states.map((head) => ({ head, align: 'right' as const }))];
  const rows = Object.entries(queue.kinds).map(([kind, of]) => [kind, ...states.map((state) => grouped(of[state]))]);
  const { columns: width, paint } = terminal;
  for (const line of tableLines({ columns, rows, width, paintHead: (text) => paint('dim', text) })) terminal.out(line);
  return EXIT.ok;
}

/** The books of the store that the flags name; none when there is no such store, which is not created. */
export async function booksOfStore(flags: StatusFlags): Promise<SubmittedBook[]> {
  const config = readConfig(flags);
  if (config.s3 === undefined && !existsSync(config.storeDir)) return [];
  return listBooks(await openConfiguredStore(config));
}

async function sharedQueue(
  redisUrl: string,
  config: Config,
  storeId: string,
): Promise<{ location: string; kinds: Record<string, KindCounts> }> {
  const [{ openQueue }, { queueCounts }] = await Promise.all([
    import('../../queue/redis/connection.ts'),
    import('../../queue/control.ts'),
  ]);
  const { account } = await serviceOfProcess(config, { sends: false });
  const { cacheDir } = config;
  const queue = await openQueue({ redisUrl, cacheDir, prefix: queuePrefix({ account, storeId }) });
  try {
    return { location: queue.describe, kinds: await queueCounts(queue) };
  } finally {
    await queue.close();
  }
}
