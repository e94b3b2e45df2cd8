/** A worker process that takes a step, says so and never ends it. Arguments: Redis, prefix. */
import { openQueue } from '../../src/queue/redis/connection.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { processors } from './steps.ts';

const [, , redisUrl, prefix] = process.argv;
const connection = await openQueue({ redisUrl, prefix, cacheDir: '/nowhere' });
await startWorkers(connection, {
  processors: processors({
    synthesize: (step) => {
      process.stdout.write(`begun ${step.key}\n`);
      return new Promise(() => {});
    },
  }),
});
