/** The account's ten enrolment calls a second, used by two worker processes at once: how close to ten, and never above. */
import { type ChildProcess, spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { startRedis } from '../queue/redis-server.ts';
import { numbersOf } from './child.ts';
import { ENGINE } from './engine.ts';
import type { Bench } from './main.ts';
import { startSimulatorProcess } from './program.ts';

/** The successor's service is also asked whether each voice can speak. */
const VOICES_PER_PROCESS = ENGINE.name === 'dashscope-inference' ? 25 : 50;
const LEAST_PER_SECOND = 8.5;
/** A program that eats the CPU ends by itself after so long. */
const MOST_HOG_MS = 240_000;

interface Metrics {
  enroll: { calls: number; throttled: number; maxInAnySecond: number };
  voices: number;
  /** The same, of the successor's enrollment. */
  inference: Pick<Metrics, 'enroll' | 'voices'>;
}

/** Programs that want all the CPU there is, beside the two processes, Redis and the simulator. */
const HOGS = 4;
/** So that the machine stays usable: they get a third of what others get. */
const HOG_NICENESS = 5;

/** How long the simulator takes to make a voice, in milliseconds. */
const CLONES_MS = [0, 400, 1_500];

/**
 * 100 calls from two processes over one Redis, alone and beside programs that eat the CPU, with quick and with slow
 * clones. Bars for all: no throttle, at most 10 in any second by the simulator's own count, at least 8.5 a second.
 */
export const enrolment: Bench = async (say) => {
  if (ENGINE.name === 'openai-speech') {
    say("nothing to measure: a sample goes with each text to one's own server, and nothing is enrolled");
    return true;
  }
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    let kept = true;
    const measureAll = async (label: string) => {
      for (const cloneMs of CLONES_MS) {
        kept =
          (await measure(say, { redisUrl: redis.url, cloneMs, label: `${label}, clones of ${cloneMs} ms` })) && kept;
      }
    };
    await measureAll('alone');
    const hogs = Array.from({ length: HOGS }, startHog);
    try {
      await measureAll(`beside ${HOGS} programs that eat the CPU`);
      return kept;
    } finally {
      for (const hog of hogs) hog.kill('SIGKILL');
    }
  } finally {
    await redis.stop();
  }
};

async function measure(
  say: (line: string) => void,
  { redisUrl, cloneMs, label }: { redisUrl: string; cloneMs: number; label: string },
): Promise<boolean> {
  const simulator = await startSimulatorProcess(['--tones', '--speed', `cloneMs=${cloneMs}`]);
  try {
    const env = { ...process.env, ...simulator.env, REDIS_URL: redisUrl };
    const seconds = await Promise.all(
      ['one', 'two'].map((name) =>
        numbersOf('enrol-process.ts', { args: [name, String(VOICES_PER_PROCESS)], env, count: 2 }),
      ),
    );
    const base = simulator.env['DASHSCOPE_HTTP_BASE_URL']?.replace('/api/v1', '/simulator') ?? '';
    const metrics = (await (await fetch(`${base}/metrics`)).json()) as Metrics;
    const { enroll, voices } = ENGINE.name === 'dashscope-inference' ? metrics.inference : metrics;
    const from = Math.min(...seconds.flat());
    const to = Math.max(...seconds.flat());
    const rate = (enroll.calls - 1) / (to - from);
    say(
      `${label}: ${voices} voices by ${enroll.calls} calls from two processes: ${rate.toFixed(2)} a second (bar ${LEAST_PER_SECOND}), ` +
        `at most ${enroll.maxInAnySecond} in any second (bar 10), ${enroll.throttled} throttled (bar 0)`,
    );
    return rate >= LEAST_PER_SECOND && enroll.maxInAnySecond <= 10 && enroll.throttled === 0;
  } finally {
    await simulator.stop();
  }
}

/** Ends by itself when the bench was killed before it could end it. */
function startHog(): ChildProcess {
  const hog = spawn(process.execPath, ['-e', `const end = Date.now() + ${MOST_HOG_MS}; while (Date.now() < end);`], {
    stdio: 'ignore',
  });
  if (hog.pid !== undefined) setPriority(hog.pid, HOG_NICENESS);
  return hog;
}

/** When the process sent its first and its last call, in seconds of the wall clock. */
