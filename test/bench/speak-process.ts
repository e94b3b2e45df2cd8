/** A process of its own that speaks texts through the account's limits. Arguments: port, model, texts, calls at once of the account. */

import { openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { openSpeaker } from './engine.ts';

const [, , port, model = '', count = '0', atOnce = '1'] = process.argv;
const redisUrl = process.env['REDIS_URL'] ?? '';
const connection = await openQueue({ redisUrl, prefix: 'bench', cacheDir: '/nowhere' });
const limits = openLimits(connection, { account: 'bench', sessionsAtOnce: Number(atOnce) });
const { speaker, request } = await openSpeaker(Number(port), { maxSessions: Number(atOnce), model, limits });
const times: number[] = [];
const onCommit = () => void times.push((performance.timeOrigin + performance.now()) / 1000);
const speak = (index: number) =>
  speaker
    .speak(
      { ...request, text: `${process.pid}: the lamp went out at ${index}.` },
      { onAudio: () => undefined, onCommit },
    )
    // A throttle answer is for the simulator's counts to show, not to end the process.
    .catch(() => undefined);
await Promise.all(Array.from({ length: Number(count) }, (_, index) => speak(index)));
process.stdout.write(`${Math.min(...times)} ${Math.max(...times)}\n`);
await speaker.close();
limits.close();
await connection.close();
