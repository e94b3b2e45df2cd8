/**
 * A rig for the command line: a temporary folder with a book in it, the built program run in it as a user would, and what
 * came out. Everything it starts is ended, everything it writes is removed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { PipelineEvent, RunFinishedEvent } from '../../src/events.ts';
import { diskFolder } from '../disk-folder.ts';
import { NODE_FLAGS } from '../node-flags.ts';
import { startRedis, type TestRedis } from '../queue/redis-server.ts';
import { quickEnvironment } from '../quick-environment.ts';
import { mayRunHere, PROGRAM, programEnded, runHere } from './program-here.ts';

/** Two short recordings that the examples come with; the tests' voices too. */
export const SAMPLES = resolve('manifests/hello/voices');

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  child: ChildProcess;
  /** Resolves when the program ended. */
  done: Promise<Finished>;
  /** Resolves with the first line of stdout or stderr that contains the text; rejects when the program ends before. */
  line(text: string): Promise<string>;
}

export interface Rig {
  folder: string;
  path(...parts: string[]): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<Buffer>;
  /**
   * Runs to the end: in a process of its own when the file uses this command for the first time, later in the test's where that
   * is the same (program-here.ts).
   */
  run(args: string[], env?: NodeJS.ProcessEnv): Promise<Finished>;
  /** Starts a process and returns at once. */
  start(args: string[], env?: NodeJS.ProcessEnv): Running;
  /** `run BOOK --json` with more arguments: its events and its last one. */
  runJson(
    args: string[],
    env?: NodeJS.ProcessEnv,
  ): Promise<Finished & { events: PipelineEvent[]; finished: RunFinishedEvent }>;
  destroy(): Promise<void>;
}

/** Not `quick`: on the disk, with the system's ffmpeg and without flags for Node, in every way as at a user's. */
export async function makeRig({ quick = true } = {}): Promise<Rig> {
  const temporary = quick ? tmpdir() : diskFolder();
  const folder = await mkdtemp(join(temporary, 'pipeline-rig-'));
  const children = new Set<ChildProcess>();
  const environment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'],
    TMPDIR: temporary,
    ...(quick && quickEnvironment()),
    NO_COLOR: '1',
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    ...env,
  });
  const start: Rig['start'] = (args, env = {}) => {
    const child = spawn(process.execPath, [...(quick ? NODE_FLAGS : []), PROGRAM, ...args], {
      cwd: folder,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    return follow(child, () => children.delete(child));
  };
  const run: Rig['run'] = (args, env = {}) => {
    const invocation = { folder, args, env: environment(env) };
    return quick && mayRunHere(invocation) ? runHere(invocation) : start(args, env).done;
  };
  return {
    folder,
    path: (...parts) => join(folder, ...parts),
    write: async (name, content) => {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    },
    read: (name) => readFile(join(folder, name)),
    start,
    run,
    runJson: async (args, env) => {
      const result = await run(['run', ...args, '--json'], env);
      const events = result.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as PipelineEvent);
      const finished = events.at(-1);
      if (finished?.type !== 'run.finished') throw new Error(`no run.finished: ${result.stdout}\n${result.stderr}`);
      return { ...result, events, finished };
    },
    destroy: async () => {
      for (const child of children) child.kill('SIGKILL');
      await programEnded();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/**
 * A small book of two voices and two chapters, with its samples. `lines` replaces the second chapter. `formats` are all that
 * a book gets by itself; a test that is not about them gives one, which halves what ffmpeg does.
 */
export async function writeBook(
  rig: Rig,
  {
    lines = 'The wind had turned.\n\n[mara] Listen!\n\nThey listened.',
    formats,
  }: { lines?: string; formats?: string } = {},
): Promise<void> {
  await cp(SAMPLES, rig.path('voices'), { recursive: true });
  await rig.write('one.txt', 'The boat came out of the fog a little before noon.\n\n[mara] Ahoy, the light!\n');
  await rig.write('two.txt', `${lines}\n`);
  await rig.write(
    'book.yaml',
    `book:
  title: A Small Book
  author: Somebody
characters:
  narrator: { sample: voices/narrator.wav }
  mara: { sample: voices/mara.mp3, aliases: [Mara Quill] }
chapters:
  - { title: Arrival, file: one.txt }
  - { title: Storm, file: two.txt }
${formats === undefined ? '' : `output: { formats: [${formats}] }\n`}`,
  );
}

/**
 * For a file whose tests begin with the same run: makes it once, when the first test asks, and gives each a copy of the whole
 * folder. Call it beside the tests.
 */
export function madeOnce(make: (rig: Rig) => Promise<unknown>): (rig: Rig) => Promise<void> {
  let made: Promise<Rig> | undefined;
  afterAll(async () => (await made)?.destroy());
  return async (rig) => {
    made ??= makeRig().then(async (first) => {
      await make(first);
      return first;
    });
    await cp((await made).folder, rig.folder, { recursive: true });
  };
}

/**
 * Puts into an empty cache folder what the user's own has of the embedded queue, which takes four seconds to make, and of
 * compiled code. How they are made is tested in test/queue/embedded.test.ts and compiled-code.test.ts.
 */
export async function seededCache(cacheHome: string): Promise<void> {
  const own = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const names = await readdir(join(own, 'narration-pipeline')).catch(() => []);
  for (const name of names.filter((one) => /^(?:queue-seed-\d|compiled$)/.test(one))) {
    const target = join(cacheHome, 'narration-pipeline', name);
    const copied = cp(join(own, 'narration-pipeline', name), target, { recursive: true });
    // A program that starts now may remove compiled code of before; the copy goes without it.
    await (name === 'compiled' ? copied.catch(unlessMissing) : copied);
  }
}

function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/**
 * For a file that is not about the queue: its programs share a Redis, if there is one here, and start a third sooner than with
 * the queue inside. Call it beside the tests; `REDIS_URL: ''` is the queue inside.
 */
export function queueInRedis(): void {
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await startRedis();
    redisUrl = redis?.url;
  });
  afterAll(async () => {
    redisUrl = undefined;
    await redis?.stop();
  });
}
let redisUrl: string | undefined;

/** The digests of files, to compare: vitest takes a second to find two buffers of some hundred kilobytes equal. */
export function digestsOf(files: readonly Uint8Array[]): string[] {
  return files.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
}

function follow(child: ChildProcess, ended: () => void): Running {
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  const heard = (): void => {
    for (const check of waiting) check();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const done = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended();
      resolve({ code, signal, stdout, stderr });
    });
  });
  return {
    child,
    done,
    line: (text) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = `${stdout}\n${stderr}`.split('\n').find((line) => line.includes(text));
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void done.then(() => reject(new Error(`ended without "${text}":\n${stdout}\n${stderr}`)));
      }),
  };
}
