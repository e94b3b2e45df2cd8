/** Commands that a later version will have: they say so, and what to use today. No command is planned now, so one is made up. */
import { Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { addPlannedCommands } from '../../src/cli/command-line/planned-commands.ts';

/** What the program prints and how it ends. */
function run(args: string[], planned?: Record<string, string>): { code: number; out: string; err: string } {
  const said = { out: '', err: '' };
  const root = new Command('pipeline').exitOverride().configureOutput({
    writeOut: (text) => {
      said.out += text;
    },
    writeErr: (text) => {
      said.err += text;
    },
  });
  root.command('plan').argument('<manifest>');
  addPlannedCommands(root, planned);
  try {
    root.parse(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { code: error.exitCode, ...said };
    throw error;
  }
  return { code: 0, ...said };
}

const PLANNED = { sing: '`pipeline say` speaks.' };

describe('a planned command', () => {
  it('says what to use today, also when it is asked for help', () => {
    for (const args of [
      ['sing', 'book.yaml', '3:37', '--anything'],
      ['sing', '--help'],
      ['help', 'sing'],
    ]) {
      const { code, out, err } = run(args, PLANNED);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(
        /^error: `pipeline sing` is not available in this version \(0\.1\.0\)\. `pipeline say` speaks\.\n$/,
      );
    }
  });

  it('has a section of its own in the help, which is left out when nothing is planned', () => {
    const { out } = run(['--help'], PLANNED);
    expect(out.replace(/\s+/g, ' ')).toContain('Planned, not available in 0.1.0: sing');
    expect(out).not.toMatch(/^ {2}sing /m);
    expect(run(['--help']).out).not.toContain('Planned');
  });
});
