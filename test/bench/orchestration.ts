/** How close the pipeline comes to the best possible schedule of its segments on 32 lanes, with Redis and embedded. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRedis } from '../queue/redis-server.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { type BenchRun, runProgram, startSimulatorProcess } from './program.ts';

const LANES = 32;
/** `BENCH_SEGMENTS=100` for a busy machine, to compare engines side by side. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 500);
const CHAPTERS = 5;
const FIRST_AUDIO_SECONDS = 0.3;
const TIMES_REALTIME = 4;

/** 500 segments, 300 ms to first audio, four times real time. Bars: 1.10 of the best schedule with Redis, 1.15 embedded. */
export const orchestration: Bench = async (say, folder) => {
  const speed = [
    '--tones',
    '--first-audio-ms',
    String(FIRST_AUDIO_SECONDS * 1000),
    '--times-realtime',
    String(TIMES_REALTIME),
  ];
  const simulator = await startSimulatorProcess(speed);
  try {
    const measure = async (name: string, env: NodeJS.ProcessEnv, bar: number): Promise<boolean> => {
      const cwd = join(folder, name);
      await writeBenchBook(cwd, {
        chapters: CHAPTERS,
        paragraphsPerChapter: SEGMENTS / CHAPTERS,
        wordsPerParagraph: 20,
        formats: '[mp3]',
      });
      const run = await runProgram(['book.yaml', '--sessions', String(LANES)], {
        cwd,
        env: { ...simulator.env, ...env },
      });
      const best = bestSchedule(await takeSeconds(cwd));
      const wall = speakingSeconds(run);
      say(
        `${name}: ${run.finished.segments.synthesized} segments on ${LANES} lanes in ${wall.toFixed(2)} s, best possible ${best.toFixed(2)} s: ratio ${(wall / best).toFixed(3)} (bar ${bar.toFixed(2)})`,
      );
      return wall / best <= bar;
    };
    const embedded = await measure('embedded', {}, 1.15);
    // Says itself when there is none.
    const redis = await startRedis();
    if (redis === undefined) return embedded;
    try {
      return (await measure('redis', { REDIS_URL: redis.url }, 1.1)) && embedded;
    } finally {
      await redis.stop();
    }
  } finally {
    await simulator.stop();
  }
};

/** From the last voice to the last segment: what the lanes had. */
function speakingSeconds({ events }: BenchRun): number {
  const from = events.findLast(({ event }) => event.type === 'voice.ready')?.at ?? Number.NaN;
  const to = events.findLast(({ event }) => event.type === 'segment.done')?.at ?? Number.NaN;
  return (to - from) / 1000;
}

async function takeSeconds(cwd: string): Promise<number[]> {
  const root = join(cwd, '.pipeline', 'records', 'take');
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.json'));
  return Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(root, name), 'utf8')).value.durationSeconds as number),
  );
}

/** No schedule can be shorter than the lanes' fair share, nor than the longest segment. */
function bestSchedule(durations: readonly number[]): number {
  const lengths = durations.map((seconds) => FIRST_AUDIO_SECONDS + seconds / TIMES_REALTIME);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return Math.max(total / LANES, ...lengths);
}
