/** The shared queue of submitted books, for commands that submit and control them. */
import { type Account, queuePrefix } from '../account.ts';
import type { Config } from '../config/config.ts';
import { PipelineError } from '../errors.ts';
import { type BookLeases, bookLeases } from '../queue/book-leases.ts';
import type { Store } from '../store/store.ts';

/**
 * Opens the queue while `use` runs. Fails with `queue-unreachable`, also without REDIS_URL: `what` begins that message.
 */
export async function withBookQueue<T>(
  of: { config: Config; account: Account; store: Store; what: string },
  use: (leases: BookLeases) => Promise<T>,
): Promise<T> {
  const { config, account, store, what } = of;
  const { redisUrl, cacheDir } = config;
  if (redisUrl === undefined) {
    throw new PipelineError({
      code: 'queue-unreachable',
      message: `${what}. Set REDIS_URL, and start \`pipeline worker\` with the same REDIS_URL and --store. Without workers, use \`pipeline run\`.`,
      retry: 'never',
    });
  }
  const { openQueue } = await import('../queue/redis/connection.ts');
  const queue = await openQueue({ redisUrl, cacheDir, prefix: queuePrefix({ account, storeId: store.id }) });
  try {
    return await use(bookLeases({ redis: queue.redis!, prefix: queue.prefix }));
  } finally {
    await queue.close();
  }
}
