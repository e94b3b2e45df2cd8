/** Handing a very large book to the queue: how long it takes, and whether memory grows with it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { startRedis } from '../queue/redis-server.ts';
import type { Bench } from './main.ts';

/** Segments of the book; `BENCH_SEGMENTS` for a shorter look. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 20_000);
const BAR_SECONDS = 20;
const BAR_MEBIBYTES = 5;
/** A process whose Redis is gone would wait for it for ever. */
const MOST_MS = 300_000;

/**
 * 20,000 segments by a process of its own over Redis. Bars: 20 s, and 5 MB that stay of either half of them: what is kept of
 * a segment is its id. The peak is told beside it; when the collector runs decides it, so it has no bar.
 */
export const submit: Bench = async (say) => {
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    const { seconds, peak, first, second } = await submitIn(redis.url);
    say(
      `${SEGMENTS} segments handed in: ${seconds.toFixed(1)} s (bar ${BAR_SECONDS}); memory at most ${peak.toFixed(0)} MB above the steps, ` +
        `${first.toFixed(1)} MB stay of the first half, ${second.toFixed(1)} MB of the second (bar ${BAR_MEBIBYTES})`,
    );
    return seconds <= BAR_SECONDS && Math.max(first, second) <= BAR_MEBIBYTES;
  } finally {
    await redis.stop();
  }
};

interface Submitted {
  seconds: number;
  peak: number;
  first: number;
  second: number;
}

async function submitIn(redisUrl: string): Promise<Submitted> {
  const args = ['--expose-gc', '--import', 'tsx', resolve('test/bench/submit-process.ts'), redisUrl, String(SEGMENTS)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const code = await new Promise((done) => child.on('close', done));
  clearTimeout(late);
  const [seconds, peak, first, second] = text.trim().split(' ').map(Number);
  if (code !== 0 || seconds === undefined || peak === undefined || first === undefined || second === undefined)
    throw new Error(`The process that submits ended with ${code}.`);
  return { seconds, peak, first, second };
}
