/** The watched folder: how soon a drop is spoken, what waiting costs, and whether memory stays flat. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InboxEvent } from '../../src/watch/events.ts';
import type { Bench } from './main.ts';
import { median, PROGRAM, startSimulatorProcess } from './program.ts';

/** Books in the folder while nothing happens. */
const BOOKS = 2_000;
/** How long nothing happens, in seconds: longer than the longest pause between two sweeps, so that one of them is in it. */
const IDLE_SECONDS = 330;
/** Drops whose way to the first call is measured. */
const DROPS = 5;
/** Changes in the folder over which memory is compared. */
const EVENTS = 10_000;
const TICKS_PER_SECOND = 100;

/** Bars: 3 s from the last byte to the first call, 0.5 % of a processor, 25 MB more after ten times the events. */
export const watch: Bench = async (say, folder) => {
  const simulator = await startSimulatorProcess(['--tones', '--behaviour', 'adoptVoices=true']);
  try {
    const latency = await pickUp(say, join(folder, 'latency'), simulator.env);
    const waiting = await idle(say, join(folder, 'idle'), simulator.env);
    return latency && waiting;
  } finally {
    await simulator.stop();
  }
};

async function pickUp(say: (line: string) => void, folder: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const inbox = join(folder, 'inbox');
  await mkdir(inbox, { recursive: true });
  const watcher = startWatcher(folder, env);
  const metrics = `${new URL(env['DASHSCOPE_HTTP_BASE_URL'] ?? '').origin}/simulator/metrics`;
  const sessions = async (): Promise<number> => {
    const answer = (await (await fetch(metrics)).json()) as { realtime: { responses: number } };
    return answer.realtime.responses;
  };
  const seconds: number[] = [];
  try {
    await watcher.until(() => watcher.isUp());
    for (let index = 0; index < DROPS; index++) {
      const before = await sessions();
      const path = join(inbox, `drop-${index}.yaml`);
      await writeFile(path, manifestOf(`Drop ${index}`, `This is drop number ${index}.`));
      const from = performance.now();
      await watcher.until(async () => (await sessions()) > before);
      seconds.push((performance.now() - from) / 1000);
      await watcher.until(() => watcher.delivered > index);
      // Long enough for the shared queue to be closed: the next drop opens it anew, the slow way.
      await sleep(5_000);
    }
  } finally {
    await watcher.stop();
  }
  say(
    `from the last byte to the first call: ${median(seconds).toFixed(2)} s (median of ${DROPS}; ${seconds.map((value) => value.toFixed(2)).join(', ')}; bar 3)`,
  );
  return median(seconds) <= 3;
}

async function idle(say: (line: string) => void, folder: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const inbox = join(folder, 'inbox');
  for (let index = 0; index < BOOKS; index++) {
    const book = join(inbox, `book ${index}`);
    await mkdir(book, { recursive: true });
    await writeFile(join(book, 'one.txt'), `Text ${index}.`);
    const text = manifestOf(`Book ${index}`, '').replace('text: ""', 'file: one.txt');
    await writeFile(join(book, 'book.yaml'), text);
  }
  await writeFile(join(inbox, 'PAUSE'), '');
  const watcher = startWatcher(folder, env);
  try {
    await watcher.until(() => watcher.states.size === BOOKS && [...watcher.states.values()].every(isPaused));
    await sleep(5_000);
    const before = cpuSeconds(watcher.child);
    await sleep(IDLE_SECONDS * 1000);
    const percent = ((cpuSeconds(watcher.child) - before) / IDLE_SECONDS) * 100;
    say(`${BOOKS} books, nothing happens for ${IDLE_SECONDS} s: ${percent.toFixed(2)} % of a processor (bar 0.5)`);
    await churn(inbox, EVENTS / 10);
    const early = residentMebibytes(watcher.child);
    await churn(inbox, EVENTS);
    const late = residentMebibytes(watcher.child);
    say(
      `memory after ${EVENTS / 10} events ${early.toFixed(0)} MB, after ${EVENTS} more ${late.toFixed(0)} MB (bar 25 more)`,
    );
    return percent <= 0.5 && late - early <= 25;
  } finally {
    await watcher.stop();
  }
}

/** Files that come, change and go, at the pace of a busy team's sync program. */
async function churn(inbox: string, events: number): Promise<void> {
  for (let event = 0; event < events; event++) {
    const path = join(inbox, `book ${event % 50}`, event % 3 === 0 ? 'one.txt' : `other-${event % 7}.txt`);
    if (event % 5 === 4) await rm(path.replace('one.txt', 'other-1.txt'), { force: true });
    else await writeFile(path, `Event ${event}.`);
    if (event % 10 === 0) await sleep(20);
  }
  await sleep(5_000);
}

function manifestOf(title: string, text: string): string {
  return `book: { title: "${title}" }\ncharacters: { narrator: { voice: qwen-tts-vc-a-voice-20250812105009984-838b } }\nchapters: [{ title: One, text: "${text}" }]\noutput: { formats: [mp3] }\n`;
}

function isPaused(state: string): boolean {
  return state === 'paused';
}

function startWatcher(folder: string, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, [PROGRAM, 'watch', 'inbox', '--json'], {
    cwd: folder,
    env: { ...process.env, REDIS_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const states = new Map<string, string>();
  const watcher = {
    child,
    states,
    delivered: 0,
    isUp: () => residentMebibytes(child) > 40,
    until: async (condition: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await condition())) await sleep(20);
    },
    stop: async (): Promise<void> => {
      const gone = new Promise((done) => child.once('exit', done));
      child.kill('SIGTERM');
      await gone;
    },
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as InboxEvent;
    if (event.type === 'inbox.state') states.set(event.path, event.state);
    if (event.type === 'inbox.delivered') watcher.delivered += 1;
  });
  return watcher;
}

/** User and system time of the process: fields 14 and 15 of its stat, counted from behind the name. */
function cpuSeconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function residentMebibytes(child: ChildProcess): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
