/** Output that cannot be written, and a terminal that is closed: a message and an exit code, never a crash. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { onInterrupt } from '../../src/cli/command-line/interrupt.ts';

const PROGRAM = resolve('dist/src/cli/main.js');
const hasFull = existsSync('/dev/full');

/** Runs the program with one of its streams on a disk that is full; returns its exit code and the other stream. */
async function runInto(full: 'stdout' | 'stderr', args: string[]): Promise<[number | null, string]> {
  const disk = openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: full === 'stdout' ? ['ignore', disk, 'pipe'] : ['ignore', 'pipe', disk],
  });
  let other = '';
  (child.stdout ?? child.stderr)?.on('data', (piece: Buffer) => {
    other += piece.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return [code, other];
}

it.runIf(hasFull)('a full disk for the output ends a command with 3 and one sentence', async () => {
  const [code, stderr] = await runInto('stdout', ['--help']);
  expect(code).toBe(3);
  expect(stderr).toBe(
    'pipeline: The output cannot be written (ENOSPC). Free some space, or send the output elsewhere.\n',
  );
});

it.runIf(hasFull)('a full disk for the messages changes neither the output nor the exit code', async () => {
  expect(await runInto('stderr', ['no-such-command'])).toEqual([2, '']);
});

it('work under way stops with exit code 3 when its events cannot be written', { timeout: 60_000 }, async (test) => {
  if (!hasFull) return test.skip();
  const [code, stderr] = await runInto('stdout', ['simulate', '--port', '0']);
  expect(code).toBe(3);
  expect(stderr).not.toContain('    at ');
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops a command gracefully', (name) => {
  let first = 0;
  const { signal, release } = onInterrupt(() => {
    first += 1;
  });
  process.emit(name);
  expect([signal.aborted, first]).toEqual([true, 1]);
  release();
});
