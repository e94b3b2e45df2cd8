/** A short sound for a person: what was only played leaves no file. */
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { deliverSound } from '../../src/cli/play/deliver-sound.ts';
import type { Terminal } from '../../src/cli/screen/terminal.ts';

it('removes what a player has played, and keeps what it could not play', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'play-test-'));
  vi.stubEnv('TMPDIR', folder);
  const { isTTY } = process.stdout;
  process.stdout.isTTY = true;
  try {
    const player = join(folder, 'ffplay');
    const left = async (exitCode: number): Promise<string[]> => {
      await writeFile(player, `#!/bin/sh\nexit ${exitCode}\n`);
      await chmod(player, 0o755);
      await deliverSound({
        ...{ samples: new Int16Array(240), sampleRateHz: 24_000, heading: '1:2', notes: [], name: '1-2.wav' },
        ...{ out: undefined, json: undefined, pathEnv: folder },
        terminal: { out: () => undefined, err: () => undefined } as unknown as Terminal,
        signal: new AbortController().signal,
      });
      return (await readdir(folder)).filter((name) => name.startsWith('pipeline-play-'));
    };
    expect(await left(0)).toEqual([]);
    expect(await left(1)).toHaveLength(1);
  } finally {
    process.stdout.isTTY = isTTY;
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  }
});
