/** `pipeline status`: what the store has, which books are on it, and what the shared queue is doing. */
import { accountOf, queuePrefix } from '../../account.ts';
import { type Config, type Flags, readConfig } from '../../config.ts';
import type { KindCounts } from '../../queue/control.ts';
import { listBooks } from '../../submissions/list.ts';
import { bookEvent, bookScreen, bookTable, followBooks } from '../books/books-screen.ts';
import { pickBook } from '../books/pick-book.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { counted, grouped, openTerminal, pad } from '../screen/terminal.ts';

/** What `status` is told. */
export type StatusFlags = Flags & { json?: boolean; follow?: boolean };

/**
 * Exit code 0, or 3 when the store or the queue can not be reached. With `follow`, stays until every book (or the named
 * one) has ended, and answers 1 when one of them was not delivered.
 */
export async function statusCommand(name: string | undefined, flags: StatusFlags): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  if (flags.follow) return followBooks({ store, name, terminal, json: flags.json ?? false });
  const books = await listBooks(store);
  if (name !== undefined) {
    const book = pickBook(books, name);
    if (flags.json) terminal.out(JSON.stringify(bookEvent(book)));
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
    terminal.out('Queue: none that is shared (REDIS_URL is not set); each run has its own.');
    return EXIT.ok;
  }
  terminal.out(`Queue ${queue.location}:`);
  const states = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const;
  terminal.out(terminal.paint('dim', `  ${pad('', 10)}${states.map((state) => pad(state, 11, 'left')).join('')}`));
  for (const [kind, of] of Object.entries(queue.kinds)) {
    terminal.out(`  ${pad(kind, 10)}${states.map((state) => pad(grouped(of[state]), 11, 'left')).join('')}`);
  }
  return EXIT.ok;
}

async function sharedQueue(
  redisUrl: string,
  { cacheDir, apiKey = '', httpBaseUrl, realtimeUrl }: Config,
  storeId: string,
): Promise<{ location: string; kinds: Record<string, KindCounts> }> {
  const [{ openQueue }, { queueCounts }] = await Promise.all([
    import('../../queue/connection.ts'),
    import('../../queue/control.ts'),
  ]);
  const account = accountOf({ apiKey, httpBaseUrl, realtimeUrl });
  const queue = await openQueue({ redisUrl, cacheDir, prefix: queuePrefix({ account, storeId }) });
  try {
    return { location: queue.describe, kinds: await queueCounts(queue) };
  } finally {
    await queue.close();
  }
}
