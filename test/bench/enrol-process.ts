/** A process of its own that enrols voices through the account's limits. Arguments: a name and a number of voices. */
import { wavHeader } from '../../src/audio/pcm.ts';
import { openQueue } from '../../src/queue/connection.ts';
import { openLimits } from '../../src/queue/limits.ts';
import { createEnrolmentClient } from '../../src/speech/dashscope-realtime/enrolment.ts';
import { bytesOf, voice } from '../audio/signals.ts';

const [, , name = '', count = '0'] = process.argv;
const setting = (key: string): string => process.env[key] ?? '';
const connection = await openQueue({ redisUrl: setting('REDIS_URL'), prefix: 'bench', cacheDir: '/nowhere' });
const limits = openLimits(connection, { account: 'bench', enrollPerSecond: 10, sessionsAtOnce: 1 });
const times: number[] = [];
const limiter = {
  ...limits.enrollLimiter('qwen-voice-enrollment'),
  acquire: async (signal?: AbortSignal) => {
    const counted = await limits.enrollLimiter('qwen-voice-enrollment').acquire(signal);
    times.push((performance.timeOrigin + performance.now()) / 1000);
    return counted;
  },
};
const client = createEnrolmentClient({
  httpBaseUrl: setting('DASHSCOPE_HTTP_BASE_URL'),
  apiKey: setting('DASHSCOPE_API_KEY'),
  limiter,
});
// Short and at a low rate: what is measured is the pace of calls, not how fast a busy simulator judges recordings.
const samples = voice(4, { rateHz: 16_000 });
const bytes = Buffer.concat([wavHeader({ sampleRateHz: 16_000, dataBytes: samples.byteLength }), bytesOf(samples)]);
const audio = { bytes, mediaType: 'audio/wav' };
await Promise.all(
  Array.from({ length: Number(count) }, (_, index) =>
    // A throttle answer is for the simulator's counts to show, not to end the process.
    client
      .create({ model: 'qwen-tts-vc-realtime-2025-08-20', preferredName: `${name}_${index}`, audio })
      .catch(() => {}),
  ),
);
process.stdout.write(`${Math.min(...times)} ${Math.max(...times)}\n`);
limits.close();
await connection.close();
