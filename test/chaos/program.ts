/** Processes of the built program: started, awaited, killed by their own id and no other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { NODE_FLAGS } from '../node-flags.ts';
import { quickEnvironment } from '../quick-environment.ts';

const PROGRAM = resolve('dist/src/cli/main.js');
/** The last of a process's output that is kept for whoever looks for a reason, in characters. */
const KEPT = 20_000;

/** A process of the program. */
export interface Program {
  /** Exit code, or null when it was killed. */
  ended: Promise<number | null>;
  hasEnded(): boolean;
  /** The first line that contains the text; rejects when the process ends without it. */
  line(text: string): Promise<string>;
  /** The end of what it printed. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts `pipeline ARGS`. `onLine` hears each line of stdout. */
export function startProgram(
  args: readonly string[],
  { cwd, env, onLine = () => undefined }: { cwd: string; env: NodeJS.ProcessEnv; onLine?: (line: string) => void },
): Program {
  const { PATH, HOME, XDG_CACHE_HOME, TMPDIR } = process.env;
  // The storm of `npm test` runs as its other programs do, those of `npm run chaos` as at a user's.
  const inTests = process.env['VITEST'] !== undefined;
  const child = spawn(process.execPath, [...(inTests ? NODE_FLAGS : []), PROGRAM, ...args], {
    cwd,
    env: { PATH, HOME, XDG_CACHE_HOME, TMPDIR, ...(inTests && quickEnvironment()), NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const waiting = new Set<(line: string) => void>();
  readLines(child, (line, isAnswer) => {
    output = `${output}${line}\n`.slice(-KEPT);
    if (isAnswer) onLine(line);
    for (const hear of waiting) hear(line);
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return {
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    line: (text) =>
      new Promise((done, fail) => {
        const hear = (line: string): void => {
          if (!line.includes(text)) return;
          waiting.delete(hear);
          done(line);
        };
        waiting.add(hear);
        void ended.then(() => fail(new Error(`pipeline ${args.join(' ')} ended without "${text}":\n${output}`)));
      }),
    output: () => output,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

function readLines(child: ChildProcess, hear: (line: string, isAnswer: boolean) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) hear(line, stream === child.stdout);
    });
  }
}
