/**
 * A worker process that can die. Arguments: Redis, prefix. A step `poison…` kills the process; a step `hang…` says
 * `begun KEY` and never ends; all others are made at once.
 */
import { openQueue } from '../../src/queue/redis/connection.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { made, processors } from './steps.ts';

const [, , redisUrl, prefix] = process.argv;
const connection = await openQueue({ redisUrl, prefix, cacheDir: '/nowhere' });
await startWorkers(connection, {
  processors: processors({
    synthesize: async (step) => {
      process.stdout.write(`begun ${step.key}\n`);
      if (step.key.startsWith('poison')) process.kill(process.pid, 'SIGKILL');
      if (step.key.startsWith('hang')) await new Promise(() => {});
      return made(step);
    },
  }),
  concurrency: { synthesize: 4 },
});
