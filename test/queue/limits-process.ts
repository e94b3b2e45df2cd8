/** A process of its own that uses an account's limits. Arguments: Redis, then `pass N`, `hold`, `sessions` or `late`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';

const [, , redisUrl, job, count] = process.argv;
const connection = await openQueue({ redisUrl, prefix: 'limits-test', cacheDir: '/nowhere' });
const sessionsAtOnce = job === 'sessions' ? 3 : 1;
const account = job === 'sessions' || job === 'late' ? job : 'process';
const limits = openLimits(connection, { account, enrollPerSecond: 10, sessionsAtOnce });

/** The wall clock: all processes of a machine share it. */
const tell = (what: string): boolean => process.stdout.write(`${what} ${performance.timeOrigin + performance.now()}\n`);

if (job === 'sessions') {
  // Until it is killed: several ask for a session, hold it for a moment, and give it back.
  const use = async (): Promise<never> => {
    for (;;) {
      const giveBack = await limits.sessionSlots.acquire();
      tell('+');
      await sleep(300);
      tell('-');
      await giveBack();
    }
  };
  await Promise.all([use(), use(), use(), use()]);
} else if (job === 'pass') {
  const passes = Array.from({ length: Number(count) }, async () => {
    const counted = await limits.enrollLimiter('qwen-voice-enrollment').acquire();
    // The wall clock: all processes of a machine share it.
    process.stdout.write(`${performance.timeOrigin + performance.now()}\n`);
    counted();
  });
  await Promise.all(passes);
  limits.close();
  await connection.close();
} else if (job === 'late') {
  // It is stopped between its permission and its call.
  const counted = await limits.enrollLimiter('qwen-voice-enrollment').acquire();
  await new Promise((resolve) => {
    process.stdin.once('data', resolve);
    process.stdout.write('permitted\n');
  });
  process.stdout.write('asks\n');
  await counted.depart?.();
  counted();
  process.stdout.write('sent\n');
  limits.close();
  await connection.close();
  process.exit(0);
} else {
  await limits.sessionSlots.acquire();
  for (let call = 0; call < 10; call += 1) await limits.enrollLimiter('qwen-voice-enrollment').acquire();
  await limits.singleFlight.run('held', () => {
    process.stdout.write('held\n');
    return new Promise<void>(() => {});
  });
}
