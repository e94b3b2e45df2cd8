/**
 * The built program in the process of a test: the script of dist/ with the command line, the environment and the working
 * folder that a process of its own would have. It saves the start, and V8 has compiled the code already.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, expect } from 'vitest';
import { loadScript } from '../../src/cli/compiled-code.ts';
import type { Finished } from './rig.ts';

/** The start of the built program. */
export const PROGRAM = resolve('dist/src/cli/main.js');
const SCRIPT = resolve('dist/src/cli/program.script');

/** Without Redis these open the queue inside, a database with a lock in the name of its process. */
const QUEUE_COMMANDS = new Set(['run', 'doctor', 'review', 'say']);
/** These are made to live as long as their process. */
const SERVERS = new Set(['watch', 'worker', 'board', 'simulate', 'mcp']);
/**
 * These read files, print and end: without a connection, a thread or a server there is nothing that a process of its own would
 * show in each file. program-here.test.ts starts each of them, and compares.
 */
export const READERS: ReadonlySet<string> = new Set(['check', 'cost', 'diff', 'plan']);

/** What a user types, and where. */
export interface Invocation {
  folder: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
}

type Program = Pick<typeof import('../../src/cli/run-program.ts'), 'runProgram'>;

let program: Program | undefined;
/** What runs here now, for a process has one environment and one working folder. */
let running: Promise<unknown> | undefined;
/** Each command that a test file has used. */
const started = new Set<string>();
/** Files none of whose commands needs a process of its own, not even the first time. */
const aboutAnswers = new Set<string | undefined>();

/**
 * For a file that is about what commands answer and write: they run here from the first on. That the program starts, answers
 * the same and ends is shown by the files that start it. Call it beside the tests.
 */
export function commandsHere(): void {
  beforeAll(() => void aboutAnswers.add(expect.getState().testPath));
}

/**
 * Whether the program needs no process of its own now: this file has started the command in one before, it is one that only
 * reads, or the file is about answers; nothing runs here, and the command is no server and does not open the queue inside.
 */
export function mayRunHere({ args, env }: Pick<Invocation, 'args' | 'env'>): boolean {
  const command = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (SERVERS.has(command)) return false;
  const use = `${expect.getState().testPath} ${command}`;
  const isReader = READERS.has(command) && !args.some((arg) => arg.startsWith('s3://'));
  const isShown = started.has(use) || isReader || aboutAnswers.has(expect.getState().testPath);
  started.add(use);
  const hasRedis = (env['REDIS_URL'] ?? '') !== '';
  return isShown && running === undefined && (hasRedis || !QUEUE_COMMANDS.has(command));
}

/** Runs the program to its end. A bug of ours is printed with its stack and ends with 1, as in a process. */
export function runHere(invocation: Invocation): Promise<Finished> {
  const run = runProgramHere(invocation).finally(() => {
    running = undefined;
  });
  running = run;
  return run;
}

/** Resolves when nothing runs here any more: a test that came too late leaves its program behind. */
export async function programEnded(): Promise<void> {
  await running;
}

async function runProgramHere({ folder, args, env }: Invocation): Promise<Finished> {
  const out = { stdout: '', stderr: '' };
  const restore = [
    replaceEnvironment(env),
    replacePlace(folder, args),
    catchOutput('stdout', (text) => {
      out.stdout += text;
    }),
    catchOutput('stderr', (text) => {
      out.stderr += text;
    }),
  ];
  try {
    program ??= loadProgram();
    await program.runProgram();
  } catch (error) {
    out.stderr += `${error instanceof Error ? error.stack : error}\n`;
    process.exitCode = 1;
  }
  const code = Number(process.exitCode ?? 0);
  for (const one of restore.reverse()) one();
  return { code, signal: null, ...out };
}

/** As src/cli/built-main.ts does. */
function loadProgram(): Program {
  const start = loadScript(SCRIPT, 'none').value as (
    require: NodeJS.Require,
    url: string,
    importPackage: (name: string) => Promise<unknown>,
  ) => Program;
  return start(createRequire(PROGRAM), pathToFileURL(PROGRAM).href, (name) => import(name));
}

type Restore = () => void;

/** The environment of the process itself, which Node and what it starts read too. */
function replaceEnvironment(env: NodeJS.ProcessEnv): Restore {
  const before = { ...process.env };
  setEnvironment(env);
  return () => setEnvironment(before);
}

function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}

function replacePlace(folder: string, args: readonly string[]): Restore {
  const { argv, exitCode } = process;
  const before = process.cwd();
  process.argv = [process.execPath, PROGRAM, ...args];
  process.chdir(folder);
  process.exitCode = undefined;
  return () => {
    process.argv = argv;
    process.chdir(before);
    process.exitCode = exitCode;
  };
}

function catchOutput(name: 'stdout' | 'stderr', add: (text: string) => void): Restore {
  const stream = process[name];
  const { write } = stream;
  const before = stream.listeners('error');
  stream.write = ((text: string | Uint8Array, ...rest: unknown[]) => {
    add(typeof text === 'string' ? text : Buffer.from(text).toString());
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  }) as typeof stream.write;
  return () => {
    stream.write = write;
    for (const listener of stream.listeners('error')) {
      if (!before.includes(listener)) stream.off('error', listener as () => void);
    }
  };
}
