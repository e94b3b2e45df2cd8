/** Fair shares: a small book that is handed in after a long one, against the same small book alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../queue/redis-server.ts';
import { writeBenchBook } from './books.ts';
import type { Bench } from './main.ts';
import { PROGRAM, runProgram, startSimulatorProcess } from './program.ts';

const LONG = { chapters: 20, paragraphsPerChapter: 100 };
const SMALL = { chapters: 1, paragraphsPerChapter: 20 };
const SESSIONS = '8';
/** The small book may take so many times as long as alone. */
const BAR = 2;
/** As well as when so long has passed since it was accepted, in milliseconds. */
const UNDER_WAY_MS = 10_000;
/** The long book is well under way when so many of its segments are spoken. */
const UNDER_WAY = 24;

/** 2,000 segments and 20 on 8 sessions, 300 ms to first audio, eight times real time: over Redis with two workers, and in one process. */
export const fair: Bench = async (say, folder) => {
  const simulator = await startSimulatorProcess(['--tones', '--first-audio-ms', '300', '--times-realtime', '8']);
  try {
    const inOne = await withinOneProcess(join(folder, 'one'), simulator.env);
    let kept = report(say, 'one process, watched folder', inOne);
    // Says itself when there is none.
    const redis = await startRedis();
    if (redis === undefined) return kept;
    try {
      const shared = await overRedis(join(folder, 'redis'), { ...simulator.env, REDIS_URL: redis.url });
      kept = report(say, 'Redis and two workers', shared) && kept;
    } finally {
      await redis.stop();
    }
    return kept;
  } finally {
    await simulator.stop();
  }
};

interface Times {
  aloneSeconds: number;
  besideSeconds: number;
}

function report(say: (line: string) => void, name: string, { aloneSeconds, besideSeconds }: Times): boolean {
  const ratio = besideSeconds / aloneSeconds;
  say(
    `${name}: 20 segments alone ${aloneSeconds.toFixed(1)} s, beside 2,000 ${besideSeconds.toFixed(1)} s: ratio ${ratio.toFixed(2)} (bar ${BAR.toFixed(2)})`,
  );
  return ratio <= BAR;
}

/** Books of other words, so that neither finds the other's takes; the voices are enrolled by then in both cases. */
async function writeBooks(folder: string): Promise<{ long: string; small: string; first: string }> {
  const places = { long: join(folder, 'long'), small: join(folder, 'small'), first: join(folder, 'first') };
  await writeBenchBook(places.long, { ...LONG, title: 'Long', wordsPerParagraph: 20, formats: '[mp3]' });
  await writeBenchBook(places.small, { ...SMALL, title: 'Small', wordsPerParagraph: 17, formats: '[mp3]' });
  await writeBenchBook(places.first, { chapters: 1, paragraphsPerChapter: 3, wordsPerParagraph: 5, formats: '[mp3]' });
  return places;
}

async function overRedis(folder: string, env: NodeJS.ProcessEnv): Promise<Times> {
  const measure = async (name: string, isBeside: boolean): Promise<number> => {
    const books = await writeBooks(join(folder, name));
    const common = ['--store', join(folder, name, 'store'), '--sessions', SESSIONS];
    const workers = [1, 2].map(() => start(['worker', ...common], { env }));
    try {
      await runProgram(['book.yaml', ...common], { cwd: books.first, env });
      const long = isBeside ? start(['run', 'book.yaml', '--json', ...common], { cwd: books.long, env }) : undefined;
      if (long !== undefined) await lines(long, '"segment.done"', UNDER_WAY);
      const { seconds, finished } = await runProgram(['book.yaml', ...common], { cwd: books.small, env });
      if (finished.segments.synthesized !== 20) throw new Error('The small book found takes of another one.');
      if (long !== undefined) await ended(long);
      return seconds;
    } finally {
      await Promise.all(workers.map(ended));
    }
  };
  return { aloneSeconds: await measure('alone', false), besideSeconds: await measure('beside', true) };
}

async function withinOneProcess(folder: string, env: NodeJS.ProcessEnv): Promise<Times> {
  const measure = async (name: string, isBeside: boolean): Promise<number> => {
    const books = await writeBooks(join(folder, name));
    const inbox = join(folder, name, 'inbox');
    await mkdir(inbox, { recursive: true });
    const store = join(folder, name, 'store');
    const args = ['watch', inbox, '--json', '--store', store, '--sessions', SESSIONS];
    const watcher = start(args, { env: { ...env, REDIS_URL: '' } });
    const drop = (book: keyof typeof books): Promise<void> => rename(books[book], join(inbox, book));
    try {
      await drop('first');
      await lines(watcher, '"inbox.delivered"', 1);
      if (isBeside) {
        await drop('long');
        await lines(watcher, '"inbox.accepted"', 1);
        await sleep(UNDER_WAY_MS);
      }
      const from = performance.now();
      await drop('small');
      await lines(watcher, '"inbox.delivered"', 1);
      return (performance.now() - from) / 1000;
    } finally {
      await ended(watcher);
    }
  };
  return { aloneSeconds: await measure('alone', false), besideSeconds: await measure('beside', true) };
}

interface Started {
  child: ChildProcess;
  /** Lines that nobody waited for yet. */
  unheard: string[];
  heard: (() => void)[];
}

function start(args: string[], { cwd, env }: { cwd?: string; env: NodeJS.ProcessEnv }): Started {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started: Started = { child, unheard: [], heard: [] };
  const news = (): void => {
    for (const hear of started.heard.splice(0)) hear();
  };
  child.once('exit', news);
  createInterface({ input: child.stdout! }).on('line', (line) => {
    started.unheard.push(line);
    news();
  });
  return started;
}

/** Waits for so many lines that contain the text, from the last wait on. */
async function lines({ unheard, heard, child }: Started, text: string, count: number): Promise<void> {
  for (let found = 0; found < count; ) {
    const line = unheard.shift();
    if (line?.includes(text)) found += 1;
    if (line !== undefined) continue;
    if (child.exitCode !== null) throw new Error(`The program ended without "${text}".`);
    await new Promise<void>((resolve) => heard.push(resolve));
  }
}

async function ended({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
