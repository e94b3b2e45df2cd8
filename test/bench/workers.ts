/** Whether a second worker process does as much as the first: 600 segments over Redis, by one and by two of them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../queue/redis-server.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { PROGRAM, startSimulatorProcess } from './program.ts';

/** Segments of the book; `BENCH_SEGMENTS` for a shorter look. */
const SEGMENTS = Number(process.env['BENCH_SEGMENTS'] ?? 600);
const CHAPTERS = 6;
/** Segments at once in one process; the account may have many times that. */
const LANES = 8;
const ACCOUNT_SESSIONS = 64;
/** What the second one must bring. */
const BAR = 1.8;
const MOST_MS = 300_000;

/** The service takes 300 ms to first audio and speaks four times as fast as one listens, to as many as ask. Bar: 1.8 ×. */
export const workers: Bench = async (say, folder) => {
  // Says itself when there is none.
  const redis = await startRedis();
  if (redis === undefined) return true;
  const simulator = await startSimulatorProcess(['--tones', '--first-audio-ms', '300', '--times-realtime', '4']);
  try {
    const env = { ...simulator.env, REDIS_URL: redis.url };
    const one = await synthesisSeconds(join(folder, 'one'), env, 1);
    const two = await synthesisSeconds(join(folder, 'two'), env, 2);
    say(
      `${SEGMENTS} segments, ${LANES} at once in a process: one ${one.toFixed(1)} s, two ${two.toFixed(1)} s: ${(one / two).toFixed(2)} × as fast (bar ${BAR.toFixed(2)})`,
    );
    return one / two >= BAR;
  } finally {
    await simulator.stop();
    await redis.stop();
  }
};

/** From the first segment's beginning to the last one's end, by the log of the workers that speak. */
async function synthesisSeconds(folder: string, env: NodeJS.ProcessEnv, processes: number): Promise<number> {
  await writeBenchBook(folder, {
    ...{ chapters: CHAPTERS, paragraphsPerChapter: SEGMENTS / CHAPTERS, wordsPerParagraph: 20, formats: '[mp3]' },
    title: `By ${processes}`,
  });
  const common = ['--store', join(folder, 'store'), '--sessions', String(ACCOUNT_SESSIONS)];
  const speaking = ['--only', 'synthesize', '--concurrency', `synthesize=${LANES}`];
  const children: Worker[] = [];
  try {
    for (let process = 0; process < processes; process++) children.push(startWorker([...common, ...speaking], env));
    children.push(startWorker([...common, '--only', 'enroll,deliver'], env));
    await Promise.all(children.map(({ ready }) => ready));
    await handIn(folder, common, env);
    await spoken(children);
    const steps = children.flatMap(({ steps }) => steps);
    const first = Math.min(...steps.map(({ at, seconds }) => at - seconds));
    return Math.max(...steps.map(({ at }) => at)) - first;
  } finally {
    await Promise.all(children.map(({ child }) => ended(child)));
  }
}

interface Worker {
  child: ChildProcess;
  ready: Promise<unknown>;
  /** Segments that it made: when, and how long each took, in seconds. */
  steps: { at: number; seconds: number }[];
}

function startWorker(args: string[], env: NodeJS.ProcessEnv): Worker {
  const child = spawn(process.execPath, [PROGRAM, 'worker', '--log-format', 'json', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! });
  const steps: Worker['steps'] = [];
  const ready = new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`A worker ended with ${code}.`)));
    lines.on('line', (line) => {
      if (line.includes('is ready')) resolve();
      const { time, msg, seconds } = JSON.parse(line) as { time: string; msg: string; seconds: number };
      if (msg === 'synthesize made') steps.push({ at: Date.parse(time) / 1000, seconds });
    });
  });
  ready.catch(() => undefined);
  return { child, ready, steps };
}

async function handIn(cwd: string, common: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const args = [PROGRAM, 'run', 'book.yaml', '--detach', '--out', join(cwd, 'out'), ...common];
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The book was not handed in: ${code}.`);
}

async function spoken(workers: readonly Worker[]): Promise<void> {
  const until = performance.now() + MOST_MS;
  while (workers.reduce((sum, { steps }) => sum + steps.length, 0) < SEGMENTS) {
    if (performance.now() > until) throw new Error('The segments were not spoken in time.');
    await sleep(200);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
