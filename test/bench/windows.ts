/** The account's limits of synthesis, used by two processes over one Redis: never above them in any window, and close to them. */
import { startRedis } from '../queue/redis-server.ts';
import { numbersOf } from './child.ts';
import { ENGINE } from './engine.ts';
import type { Bench } from './main.ts';
import { startSimulatorProcess } from './program.ts';

/** What a model allows, and where the simulator counts it. */
interface Limit {
  model: string;
  most: number;
  /** `second`, `minute`: calls in any such time; `atOnce`: calls at the same time. */
  window: 'second' | 'minute' | 'atOnce';
  /** What the simulator refuses. */
  enforced: string[];
  counted(metrics: Metrics): { most: number; throttled: number };
}

interface Metrics {
  realtime: { maxInAnyMinute: number; throttled: number };
  inference: { tasks: { maxInAnySecond: number; maxInAnyMinute: number; throttled: number } };
  openaiSpeech: { speech: { maxAtOnce: number; throttled: number } };
}

const LIMITS: Readonly<Record<(typeof ENGINE)['name'], readonly Limit[]>> = {
  'dashscope-realtime': [
    {
      model: 'qwen3-tts-vc-realtime-2025-11-27',
      most: 180,
      window: 'minute',
      enforced: ['--limit', 'callsPerMinute=180', '--limit', 'callIs=both'],
      counted: ({ realtime: { maxInAnyMinute, throttled } }) => ({ most: maxInAnyMinute, throttled }),
    },
  ],
  'dashscope-inference': [
    {
      model: 'qwen-audio-3.0-tts-flash',
      most: 180,
      window: 'minute',
      enforced: ['--inference', 'tasksPerMinute=180'],
      counted: ({ inference: { tasks } }) => ({ most: tasks.maxInAnyMinute, throttled: tasks.throttled }),
    },
    {
      model: 'cosyvoice-v3-flash',
      most: 3,
      window: 'second',
      enforced: ['--inference', 'tasksPerSecond=3'],
      counted: ({ inference: { tasks } }) => ({ most: tasks.maxInAnySecond, throttled: tasks.throttled }),
    },
  ],
  'openai-speech': [
    {
      model: 'Qwen/Qwen3-TTS-12Hz-1.7B-Base',
      most: 4,
      window: 'atOnce',
      enforced: ['--speed', 'firstAudioMs=200'],
      counted: ({ openaiSpeech: { speech } }) => ({ most: speech.maxAtOnce, throttled: speech.throttled }),
    },
  ],
};

/** Texts of each process: more than a minute's calls, together. */
const TEXTS = 110;
const SESSIONS = 16;
const LEAST_SHARE = 0.85;

/**
 * 220 texts from two processes. Bars: the simulator, which refuses more than the limit, counts no more in any window and
 * throttles nobody; the calls of a rate come at 0.85 of it at least.
 */
export const windows: Bench = async (say) => {
  const redis = await startRedis();
  if (redis === undefined) return true;
  try {
    let kept = true;
    for (const limit of LIMITS[ENGINE.name]) kept = (await measure(say, limit, redis.url)) && kept;
    return kept;
  } finally {
    await redis.stop();
  }
};

async function measure(say: (line: string) => void, limit: Limit, redisUrl: string): Promise<boolean> {
  const { model, most, window, enforced, counted } = limit;
  const simulator = await startSimulatorProcess(['--tones', '--behaviour', 'adoptVoices=true', ...enforced]);
  try {
    const env = { ...process.env, ...simulator.env, REDIS_URL: redisUrl };
    const args = [String(simulator.port), model, String(TEXTS), String(window === 'atOnce' ? most : SESSIONS)];
    const times = (await Promise.all([1, 2].map(() => numbersOf('speak-process.ts', { args, env, count: 2 })))).flat();
    const answer = await fetch(`http://127.0.0.1:${simulator.port}/simulator/metrics`);
    const { most: counts, throttled } = counted((await answer.json()) as Metrics);
    const rate = (2 * TEXTS - 1) / (Math.max(...times) - Math.min(...times));
    const allowed = { second: most, minute: most / 60, atOnce: Number.POSITIVE_INFINITY }[window];
    const share = Number.isFinite(allowed) ? `, ${(rate / allowed).toFixed(2)} of the rate (bar ${LEAST_SHARE})` : '';
    const where = window === 'atOnce' ? 'at once' : `in any ${window}`;
    say(
      `${model}: ${2 * TEXTS} texts from two processes, at most ${counts} ${where} (bar ${most}), ${throttled} throttled (bar 0)${share}`,
    );
    const isFast = !Number.isFinite(allowed) || rate / allowed >= LEAST_SHARE;
    return counts <= most && throttled === 0 && isFast;
  } finally {
    await simulator.stop();
  }
}
