/** Running the built program for a benchmark: its events with the time of their arrival, its peak memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { PipelineEvent, RunFinishedEvent } from '../../src/events.ts';
import { ENGINE } from './engine.ts';

/** The built command line. */
export const PROGRAM = resolve('dist/src/cli/main.js');

/** An event and when it arrived, in milliseconds of the bench's clock. */
export interface TimedEvent {
  at: number;
  event: PipelineEvent;
}

/** What a run came to. */
export interface BenchRun {
  events: TimedEvent[];
  finished: RunFinishedEvent;
  /** Wall time of the whole process. */
  seconds: number;
  /** High-water mark of the process's resident memory, without its ffmpeg children. */
  peakMebibytes: number;
  /** Processor seconds of the process and its threads, without its children; read every 50 ms. */
  cpuSeconds: number;
}

/** How often the memory of the running program is read, in milliseconds; the kernel keeps the high-water mark itself. */
const LOOK_EVERY_MS = 50;

/** `pipeline run … --json`, to its end. Throws when it did not deliver everything, unless it `mayFail`. */
export async function runProgram(
  args: string[],
  { cwd, env, mayFail = false }: { cwd: string; env?: NodeJS.ProcessEnv; mayFail?: boolean },
): Promise<BenchRun> {
  const from = performance.now();
  const child = spawn(process.execPath, [PROGRAM, 'run', ...args, '--json'], {
    cwd,
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: TimedEvent[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push({ at: performance.now(), event: JSON.parse(line) as PipelineEvent });
  });
  let peakMebibytes = 0;
  let cpuSeconds = 0;
  const looking = setInterval(() => {
    peakMebibytes = Math.max(peakMebibytes, highWaterMebibytes(child));
    cpuSeconds = Math.max(cpuSeconds, processorSeconds(child));
  }, LOOK_EVERY_MS);
  await new Promise((done) => child.on('close', done));
  clearInterval(looking);
  const seconds = (performance.now() - from) / 1000;
  const finished = events.at(-1)?.event;
  if (finished?.type !== 'run.finished' || !(finished.ok || mayFail))
    throw new Error(
      `The benchmark run did not deliver its book. Its last event: ${JSON.stringify(finished)?.slice(0, 2000)}`,
    );
  return { events, finished, seconds, peakMebibytes, cpuSeconds };
}

/** A simulator in a process of its own; `stop` ends it. */
export async function startSimulatorProcess(
  args: string[],
): Promise<{ env: NodeJS.ProcessEnv; port: number; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [PROGRAM, 'simulate', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((done, fail) => {
    createInterface({ input: child.stdout }).once('line', done);
    child.once('exit', () => fail(new Error('The simulator did not start.')));
  });
  const httpBaseUrl = /DASHSCOPE_HTTP_BASE_URL=(\S+)/.exec(line)?.[1] ?? '';
  const port = Number(new URL(httpBaseUrl).port);
  return {
    env: { DASHSCOPE_HTTP_BASE_URL: httpBaseUrl, ...ENGINE.env(port) },
    port,
    stop: async () => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function highWaterMebibytes(child: ChildProcess): number {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** The kernel counts in hundredths of a second. */
function processorSeconds(child: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
