/** Handing a very large book to the queue: how long it takes, and whether memory grows with it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { startRedis } from '../queue/redis-server.ts';
import type { Bench } from './main.ts';

/** Segments of the book; `BENCH_SEGMENTS` for a shorter look. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 20_000);
const BAR_SECONDS = 20;
const BAR_MEBIBYTES = 16;
/** A process whose Redis is gone would wait for it for ever. */
const MOST_MS = 300_000;

/**
 * 20,000 segments by a process of its own over Redis. Bars: 20 s, and 16 MB that the second half adds to the peak of the first
 * (less than its steps take: what the queue keeps of them is their ids; what JavaScript takes to get going is in the first).
 */
export const submit: Bench = async (say) => {
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    const { seconds, first, second } = await submitIn(redis.url);
    say(
      `${SEGMENTS} segments handed in: ${seconds.toFixed(1)} s (bar ${BAR_SECONDS}); memory at most ${first.toFixed(0)} MB above the steps ` +
        `in the first half, ${(second - first).toFixed(0)} MB more in the second (bar ${BAR_MEBIBYTES})`,
    );
    return seconds <= BAR_SECONDS && second - first <= BAR_MEBIBYTES;
  } finally {
    await redis.stop();
  }
};

async function submitIn(redisUrl: string): Promise<{ seconds: number; first: number; second: number }> {
  const args = ['--expose-gc', '--import', 'tsx', resolve('test/bench/submit-process.ts'), redisUrl, String(SEGMENTS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const code = await new Promise((done) => child.on('close', done));
  clearTimeout(late);
  const [seconds, first, second] = text.trim().split(' ').map(Number);
  if (code !== 0 || seconds === undefined || first === undefined || second === undefined)
    throw new Error(`The process that submits ended with ${code}.`);
  return { seconds, first, second };
}
