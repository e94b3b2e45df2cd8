/** `pipeline status`: what the store has, and what the shared queue is doing. */
import { accountOf, queuePrefix } from '../account.ts';
import { type Config, type Flags, readConfig } from '../config.ts';
import type { KindCounts } from '../queue/control.ts';
import { EXIT } from './exit.ts';
import { openConfiguredStore } from './open-store.ts';
import { counted, grouped, openTerminal, pad } from './terminal.ts';

/** Exit code 0, or 3 when the store or the queue can not be reached. */
export async function statusCommand(flags: Flags & { json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const config = readConfig(flags);
  const store = await openConfiguredStore(config);
  const [takes, voices, masters] = await Promise.all(
    (['take', 'voice', 'master'] as const).map(async (kind) => (await store.listRecords(kind)).length),
  );
  const counts = { takes: takes ?? 0, voices: voices ?? 0, masters: masters ?? 0 };
  const queue = config.redisUrl === undefined ? undefined : await sharedQueue(config.redisUrl, config, store.id);
  if (flags.json) {
    terminal.out(
      JSON.stringify({ type: 'status', store: { location: store.location, ...counts }, queue: queue ?? null }),
    );
    return EXIT.ok;
  }
  terminal.out(
    `Store ${store.location}: ${counted(counts.voices, 'voice')}, ${counted(counts.takes, 'take')}, ${counted(counts.masters, 'finished chapter')}.`,
  );
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
    import('../queue/connection.ts'),
    import('../queue/control.ts'),
  ]);
  const account = accountOf({ apiKey, httpBaseUrl, realtimeUrl });
  const queue = await openQueue({ redisUrl, cacheDir, prefix: queuePrefix({ account, storeId }) });
  try {
    return { location: queue.describe, kinds: await queueCounts(queue) };
  } finally {
    await queue.close();
  }
}
