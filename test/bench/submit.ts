/** Handing a very large book to the queue: how long it takes, and whether memory grows with it. */
import { startRedis } from '../queue/redis-server.ts';
import { numbersOf } from './child.ts';
import type { Bench } from './main.ts';

/** Segments of the book; `BENCH_SEGMENTS` for a shorter look. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 20_000);
const BAR_SECONDS = 20;
const BAR_MEBIBYTES = 5;

/**
 * 20,000 segments by a process of its own over Redis. Bars: 20 s, and 5 MB that stay of either half of them: what is kept of
 * a segment is its id. The peak is told beside it; when the collector runs decides it, so it has no bar.
 */
export const submit: Bench = async (say) => {
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    const [seconds = Infinity, peak = Infinity, first = Infinity, second = Infinity] = await numbersOf(
      'submit-process.ts',
      {
        args: [redis.url, String(SEGMENTS)],
        flags: ['--expose-gc'],
        count: 4,
      },
    );
    say(
      `${SEGMENTS} segments handed in: ${seconds.toFixed(1)} s (bar ${BAR_SECONDS}); memory at most ${peak.toFixed(0)} MB above the steps, ` +
        `${first.toFixed(1)} MB stay of the first half, ${second.toFixed(1)} MB of the second (bar ${BAR_MEBIBYTES})`,
    );
    return seconds <= BAR_SECONDS && Math.max(first, second) <= BAR_MEBIBYTES;
  } finally {
    await redis.stop();
  }
};
