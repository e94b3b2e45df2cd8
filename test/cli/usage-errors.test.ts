/** Errors on the command line in the program's own form, and help at any width. */
import { type Command, CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { asOurError } from '../../src/cli/command-line/help.ts';
import { pipelineProgram } from '../../src/cli/program.ts';
import { textWidth } from '../../src/cli/screen/text-width.ts';
import { visible } from '../../tools/reference/commands.ts';

test.each([
  [['rum'], "pipeline: Unknown command 'rum'\n(Did you mean run?)\n"],
  [['--verison'], "pipeline: Unknown option '--verison'\n(Did you mean --version?)\n"],
])('%j begins as every other error, and names what is near', (args, said) => {
  let err = '';
  const program = pipelineProgram().configureOutput({
    writeErr: (text) => {
      err += text;
    },
  });
  expect(() => program.parse(args, { from: 'user' })).toThrow(CommanderError);
  expect(err).toBe(said);
});

test('other text stays as it is', () => {
  expect(asOurError('Usage: pipeline error: x\n')).toBe('Usage: pipeline error: x\n');
  expect(asOurError("error: option '--port <n>' argument 'x' is invalid.")).toBe(
    "pipeline: Option '--port <n>' argument 'x' is invalid.",
  );
});

test.each([80, 40])('the help of every command fits %i columns, with every word whole', (columns) => {
  const whole = helps(400);
  for (const [name, help] of helps(columns)) {
    // A path or an address may be longer than a line; it stands alone then.
    const tooWide = help.split('\n').filter((line) => textWidth(line) > columns && /\S\s+\S/.test(line));
    expect(tooWide, name).toEqual([]);
    const words = new Set(whole.get(name)?.split(/\s+/));
    expect(
      help.split(/\s+/).filter((word) => !words.has(word)),
      name,
    ).toEqual([]);
  }
});

test('the groups of the commands are headings of the first help alone', () => {
  const all = helps(80);
  const headings = all.get('pipeline')?.match(/^\S.*:$/gm) ?? [];
  expect(headings).toContain('Share work between machines:');
  const own = ['Usage:', 'Arguments:', 'Options:', 'Commands:', 'Examples:'];
  for (const [name, help] of all)
    if (name !== 'pipeline') {
      const strange = (help.match(/^\S.*:$/gm) ?? []).filter((heading) => !own.includes(heading));
      expect(strange, name).toEqual([]);
    }
});

/** The help of each command, by its name with those above it. */
function helps(columns: number): Map<string, string> {
  const all = new Map<string, string>();
  const add = (command: Command, path: string): void => {
    let help = '';
    command.configureOutput({
      ...command.configureOutput(),
      getOutHelpWidth: () => columns,
      writeOut: (text) => {
        help += text;
      },
    });
    command.outputHelp();
    all.set(path, help);
    for (const below of visible(command)) add(below, `${path} ${below.name()}`);
  };
  add(pipelineProgram(), 'pipeline');
  return all;
}
