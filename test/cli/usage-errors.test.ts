/** Mistakes on the command line are told in the program's own form. */
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { asOurError } from '../../src/cli/command-line/help.ts';
import { pipelineProgram } from '../../src/cli/program.ts';

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
