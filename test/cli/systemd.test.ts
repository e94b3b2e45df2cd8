/** The systemd units of docs/systemd: they start commands with flags that exist, and systemd finds no fault in them. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/cli/command-line/exit-codes.ts';
import { registerWatch } from '../../src/cli/watch/command.ts';
import { registerWorker } from '../../src/cli/worker/command.ts';

const FOLDER = 'docs/systemd';
const UNITS = readdirSync(FOLDER).filter((name) => name.endsWith('.service'));
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

function settings(unit: string): Map<string, string> {
  const lines = readFileSync(join(FOLDER, unit), 'utf8').split('\n');
  return new Map(
    lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
}

describe('the systemd units', () => {
  it('are a watcher and a worker', () => {
    expect(UNITS.sort()).toEqual(['narration-watcher.service', 'narration-worker.service']);
  });

  it.each(UNITS)('%s starts a command that exists, and gives its steps time to finish', (unit) => {
    const root = new Command();
    for (const register of [registerWatch, registerWorker]) register(root);
    const set = settings(unit);
    const [env, program, name, ...rest] = set.get('ExecStart')?.split(' ') ?? [];
    expect([env, program]).toEqual(['/usr/bin/env', 'pipeline']);
    const flags = root.commands.find((command) => command.name() === name)?.options.map(({ long }) => long);
    for (const flag of rest.filter((part) => part.startsWith('--'))) expect(flags).toContain(flag);
    // A worker gives its steps 20 s.
    expect(Number(set.get('TimeoutStopSec'))).toBeGreaterThan(20);
    expect(set.get('RestartPreventExitStatus')).toBe(String(EXIT.wrongInput));
    expect(set.get('SuccessExitStatus')).toBe(String(EXIT.interrupted));
  });

  it.skipIf(!hasSystemd)('have no fault for systemd (skipped where there is no systemd-analyze)', () => {
    const { status, stdout, stderr } = spawnSync('systemd-analyze', [
      'verify',
      ...UNITS.map((unit) => join(FOLDER, unit)),
    ]);
    expect({ status, said: `${stdout}${stderr}` }).toEqual({ status: 0, said: '' });
  });
});
