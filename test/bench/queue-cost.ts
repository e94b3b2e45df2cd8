/** What the queue itself costs a segment: steps that are done at once, from their submission to the news of their end. */

import { followRun } from '../../src/queue/follow-jobs.ts';
import { openQueue, type QueueConnection } from '../../src/queue/redis/connection.ts';
import { type ChapterSteps, submitChapters } from '../../src/queue/submit.ts';
import { startWorkers } from '../../src/queue/workers.ts';
import { startRedis } from '../queue/redis-server.ts';
import { master, processors, segment } from '../queue/steps.ts';
import { costOf } from './cpu.ts';
import type { Bench } from './main.ts';

/** Segments that are counted; `BENCH_SEGMENTS` for a shorter look. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 3_000);
/** Segments before, so that the code is compiled and the connections are there. */
const WARM_UP = 300;
const PER_CHAPTER = 100;
const BAR_MS = 5;

/** CPU of submitting, handing out and following, in this one process; Redis's own comes on top. Bar: 5 ms a segment on both. */
export const queueCost: Bench = async (say, folder) => {
  let kept = await measure(say, await openQueue({ cacheDir: folder }));
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return kept;
  try {
    kept = (await measure(say, await openQueue({ redisUrl: redis.url, cacheDir: folder }))) && kept;
    return kept;
  } finally {
    await redis.stop();
  }
};

async function measure(say: (line: string) => void, connection: QueueConnection): Promise<boolean> {
  const workers = await startWorkers(connection, { processors: processors() });
  try {
    await passThrough(connection, 'warm', WARM_UP);
    const before = await redisCpuSeconds(connection);
    const { cpuSeconds, wallSeconds } = await costOf(() => passThrough(connection, 'counted', SEGMENTS));
    const ofRedis = (await redisCpuSeconds(connection)) - before;
    const each = ((cpuSeconds + ofRedis) / SEGMENTS) * 1000;
    say(
      `${connection.kind}: ${SEGMENTS} segments, ${each.toFixed(2)} ms CPU each` +
        `${ofRedis > 0 ? `, of them Redis ${((ofRedis / SEGMENTS) * 1000).toFixed(2)}` : ''} (bar ${BAR_MS}); ` +
        `${(SEGMENTS / wallSeconds).toFixed(0)} a second`,
    );
    return each <= BAR_MS;
  } finally {
    await workers.close({ graceMs: 0 });
    await connection.close();
  }
}

async function passThrough(connection: QueueConnection, runId: string, count: number): Promise<void> {
  let ended = 0;
  const follower = await followRun(connection, {
    runId,
    onResult: () => {
      ended += 1;
    },
    onFailure: ({ message }) => {
      throw new Error(message);
    },
  });
  const chapters = chaptersOf(count);
  await follower.expect(await submitChapters(connection, { runId, chapters }));
  if (ended !== count + chapters.length) throw new Error(`${ended} ends of ${count} segments were told.`);
  await follower.close();
}

/** So many segments in chapters of a hundred, each with a key like real ones. */
export function chaptersOf(count: number): ChapterSteps[] {
  return Array.from({ length: Math.ceil(count / PER_CHAPTER) }, (_, chapter) => ({
    master: master(keyOf(`master ${chapter}`), chapter + 1),
    segments: Array.from({ length: Math.min(PER_CHAPTER, count - chapter * PER_CHAPTER) }, (_unused, index) => ({
      ...segment(keyOf(`${chapter} ${index}`), index + 1, chapter + 1),
      text: `The lamp went out over the harbour, and nobody on the pier had seen boat ${index} of ${chapter} first.`,
    })),
  }));
}

const keyOf = (name: string): string => Buffer.from(name.padEnd(32, '.')).toString('hex');

async function redisCpuSeconds({ redis }: QueueConnection): Promise<number> {
  const info = (await redis?.info('cpu')) ?? '';
  const of = (field: string): number => Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  return of('used_cpu_user') + of('used_cpu_sys');
}
