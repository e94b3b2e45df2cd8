/** Commands and flags that a later version will have: they say so, and what to use today. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRig, type Rig } from './rig.ts';

const PLANNED = ['mcp'];

let rig: Rig;
beforeAll(async () => {
  rig = await makeRig();
});
afterAll(() => rig.destroy());

describe('a planned command', () => {
  it('ends with 2, on stderr for people and as an event for programs', async () => {
    for (const name of PLANNED) {
      const { code, stdout, stderr } = await rig.run([name, 'book.yaml', '3:37', '--anything', '--json']);
      expect(code).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`^error: \`pipeline ${name}\` is not available in this version \\(0\\.1\\.0\\)\\. \\S`),
      );
      expect(JSON.parse(stdout)).toMatchObject({ type: 'error', code: 'wrong-command-line', exitCode: 2 });
      expect(JSON.parse(stdout).message).toContain(`pipeline ${name}`);
    }
  }, 60_000);

  it('says what to use today, also when it is asked for help', async () => {
    for (const args of [['mcp'], ['mcp', '--help'], ['help', 'mcp']]) {
      const { code, stdout, stderr } = await rig.run(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('serves an HTTP API');
    }
  });

  it('has a section of its own in the help, and is no suggestion for a mistyped one', async () => {
    const { stdout } = await rig.run(['--help']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(`Planned, not available in 0.1.0: ${PLANNED.join(', ')}`);
    expect(stdout).not.toMatch(/^ {2}mcp </m);
    const mistyped = await rig.run(['plann', 'book.yaml']);
    expect(mistyped).toMatchObject({ code: 2, stderr: "error: unknown command 'plann'\n(Did you mean plan?)\n" });
  });
});
