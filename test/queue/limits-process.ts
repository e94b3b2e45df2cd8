/** A process of its own that uses an account's limits. Arguments: Redis, then `pass N` or `hold`. */
import { openQueue } from '../../src/queue/connection.ts';
import { openLimits } from '../../src/queue/limits.ts';

const [, , redisUrl, job, count] = process.argv;
const connection = await openQueue({ redisUrl, prefix: 'limits-test', cacheDir: '/nowhere' });
const limits = openLimits(connection, { account: 'process', enrollPerSecond: 10, sessionsAtOnce: 1 });

if (job === 'pass') {
  const passes = Array.from({ length: Number(count) }, async () => {
    const counted = await limits.enrollGate.pass();
    // The wall clock: all processes of a machine share it.
    process.stdout.write(`${performance.timeOrigin + performance.now()}\n`);
    counted();
  });
  await Promise.all(passes);
  limits.close();
  await connection.close();
} else {
  await limits.slots.acquire();
  for (let call = 0; call < 10; call += 1) await limits.enrollGate.pass();
  await limits.singleFlight.run('held', () => {
    process.stdout.write('held\n');
    return new Promise<void>(() => {});
  });
}
