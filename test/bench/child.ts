/** A process of its own for a part of a bench, which prints numbers and ends. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** A process whose Redis is gone would wait for it for ever. */
const MOST_MS = 300_000;

/** Runs `test/bench/PROGRAM` and answers the numbers it printed; throws when it failed or did not print so many. */
export async function numbersOf(
  program: string,
  { args, env, flags = [], count }: { args: string[]; env?: NodeJS.ProcessEnv; flags?: string[]; count: number },
): Promise<number[]> {
  const path = resolve('test/bench', program);
  const child = spawn(process.execPath, [...flags, '--import', 'tsx', path, ...args], {
    ...(env === undefined ? {} : { env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const late = setTimeout(() => child.kill('SIGKILL'), MOST_MS);
  const code = await new Promise((done) => child.on('close', done));
  clearTimeout(late);
  const numbers = text.trim().split(' ').map(Number);
  if (code !== 0 || numbers.length !== count || numbers.some(Number.isNaN))
    throw new Error(`${program} ended with ${code} and printed: ${text}`);
  return numbers;
}
