/** Handing a very large book to the queue: how long it takes, and whether memory grows with it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { startRedis } from '../queue/redis-server.ts';
import type { Bench } from './main.ts';

/** Segments of the large book; `BENCH_SEGMENTS` for a shorter look. The small one has a tenth of them. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 20_000);
const BAR_SECONDS = 20;
const BAR_MEBIBYTES = 50;
/** A process whose Redis is gone would wait for it for ever. */
const MOST_MS = 300_000;

/**
 * 20,000 segments and 2,000, each in a process of its own over one Redis. Bars: 20 s; 50 MB more at the peak of the large
 * one than at that of the small one, beyond the steps themselves.
 */
export const submit: Bench = async (say) => {
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    const small = await submitIn(redis.url, SEGMENTS / 10);
    const large = await submitIn(redis.url, SEGMENTS);
    const more = large.mebibytes - small.mebibytes;
    say(
      `${SEGMENTS} segments handed in: ${large.seconds.toFixed(1)} s (bar ${BAR_SECONDS}), a tenth of them ${small.seconds.toFixed(1)} s; ` +
        `memory at most ${large.mebibytes.toFixed(0)} MB and ${small.mebibytes.toFixed(0)} MB above the steps: ${more.toFixed(0)} MB more (bar ${BAR_MEBIBYTES})`,
    );
    return large.seconds <= BAR_SECONDS && more <= BAR_MEBIBYTES;
  } finally {
    await redis.stop();
  }
};

async function submitIn(redisUrl: string, segments: number): Promise<{ seconds: number; mebibytes: number }> {
  const args = ['--expose-gc', '--import', 'tsx', resolve('test/bench/submit-process.ts'), redisUrl, String(segments)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const code = await new Promise((done) => child.on('close', done));
  clearTimeout(late);
  const [seconds, mebibytes] = text.trim().split(' ').map(Number);
  if (code !== 0 || seconds === undefined || mebibytes === undefined)
    throw new Error(`The process that submits ended with ${code}.`);
  return { seconds, mebibytes };
}
