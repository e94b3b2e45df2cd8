/** A process of its own that enrols voices through the account's limits. Arguments: a name and a number of voices. */
import { wavHeader } from '../../src/audio/pcm.ts';
import { openLimits } from '../../src/queue/limits/limits.ts';
import { openQueue } from '../../src/queue/redis/connection.ts';
import { bytesOf, voice } from '../audio/signals.ts';
import { openEnrolment } from './engine.ts';

const [, , name = '', count = '0'] = process.argv;
const setting = (key: string): string => process.env[key] ?? '';
const connection = await openQueue({ redisUrl: setting('REDIS_URL'), prefix: 'bench', cacheDir: '/nowhere' });
// The limit by the second is what is measured: the one by the minute would be used up by the first two measurements.
const inSecond = { enrollPerSecond: 10, enrollPerMinute: () => null };
const limits = openLimits(connection, { account: 'bench', ...inSecond, sessionsAtOnce: 1 });
const times: number[] = [];
const client = openEnrolment({ httpBaseUrl: setting('DASHSCOPE_HTTP_BASE_URL'), apiKey: 'bench' }, (service) => ({
  ...limits.enrollLimiter(service),
  acquire: async (signal?: AbortSignal) => {
    const counted = await limits.enrollLimiter(service).acquire(signal);
    times.push((performance.timeOrigin + performance.now()) / 1000);
    return counted;
  },
}));
if (client === undefined) throw new Error('This engine enrols nothing.');
const { enrolment, model } = client;
// Short and at a low rate: what is measured is the pace of calls, not how fast a busy simulator judges recordings.
const samples = voice(6, { rateHz: 16_000 });
const bytes = Buffer.concat([wavHeader({ sampleRateHz: 16_000, dataBytes: samples.byteLength }), bytesOf(samples)]);
const audio = { bytes, mediaType: 'audio/wav' };
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    // A throttle answer is for the simulator's counts to show, not to end the process.
    enrolment.create({ model, preferredName: `${name}${index}`, audio }).catch(() => {}),
  ),
);
process.stdout.write(`${Math.min(...times)} ${Math.max(...times)}\n`);
limits.close();
await connection.close();
