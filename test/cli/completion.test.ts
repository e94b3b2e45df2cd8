/** Completion scripts, sourced and asked in the shells themselves. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELLS } from '../../src/cli/completion/shells.ts';

let folder: string;
const script = (shell: string): string => join(folder, `pipeline.${shell}`);
const isThere = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'completion-'));
  for (const shell of SHELLS)
    writeFileSync(script(shell), execFileSync(process.execPath, ['dist/src/cli/main.js', 'completion', shell]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What bash offers for the last of these words. */
function inBash(...words: string[]): string[] {
  const ask = `source ${script('bash')}; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _narration_pipeline; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const said = execFileSync('bash', ['-c', ask, 'bash', ...words], { cwd: resolve('.'), encoding: 'utf8' });
  return said.split('\n').filter((word) => word !== '');
}

describe('pipeline completion', () => {
  it.skipIf(!isThere('bash'))('bash: commands, commands below them, flags, words and files', () => {
    expect(inBash('pipeline', 'reta')).toEqual(['retake']);
    expect(inBash('pipeline', 'store', 'pr')).toEqual(['prune']);
    expect(inBash('pipeline', 'run', '--simu')).toEqual(['--simulate']);
    expect(inBash('pipeline', 'run', 'manifests/hello.')).toEqual(['manifests/hello.yaml']);
    expect(inBash('pipeline', 'run', '--store', 'manif')).toEqual(['manifests']);
    expect(inBash('pipeline', 'completion', 'z')).toEqual(['zsh']);
    expect(inBash('pipeline', 'verify', '--profile', '')).toEqual(['acx', 'podcast', 'broadcast', 'none']);
    expect(inBash('pipeline', 'proposals', 'put')).toEqual(['put-aside']);
    expect(inBash('narration-pipeline', 'chec')).toEqual(['check']);
  });

  it.skipIf(!isThere('zsh'))('zsh: the script is correct', () => {
    expect(spawnSync('zsh', ['-n', script('zsh')]).status).toBe(0);
  });

  it.skipIf(!isThere('fish'))('fish: offers commands with their descriptions', () => {
    const ask = `source ${script('fish')}; complete -C 'pipeline store pr'`;
    expect(execFileSync('fish', ['-c', ask], { encoding: 'utf8' })).toMatch(/^prune\t\S/);
  });

  it('refuses another shell', () => {
    const { status, stderr } = spawnSync(process.execPath, ['dist/src/cli/main.js', 'completion', 'tcsh']);
    expect([status, String(stderr)]).toEqual([2, expect.stringContaining('bash, zsh, fish')]);
  });
});
