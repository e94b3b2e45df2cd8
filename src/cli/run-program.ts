/** The program without its start: reads the command line and runs a command. */
import { CommanderError } from 'commander';
import { EXIT } from './command-line/exit-codes.ts';
import { printError } from './command-line/finish-command.ts';
import { pipelineProgram } from './program.ts';
import { handleBrokenOutput } from './screen/broken-output.ts';

/** Runs the command of this process's arguments; sets the exit code. Rejects for a bug of ours. */
export async function runProgram(): Promise<void> {
  handleBrokenOutput();
  try {
    await pipelineProgram().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Commander has printed it: help and version end well, everything else is a wrong command line.
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.wrongInput;
    if (error.code === 'commander.excessArguments')
      process.stderr.write('A path with spaces needs quotes; --help lists the arguments of a command.\n');
    // Commander has stopped reading the flags.
    if (error.exitCode !== 0 && process.argv.includes('--json')) {
      printError({ code: 'wrong-command-line', message: error.message, exitCode: EXIT.wrongInput });
    }
  }
}

/** Whether the program has a command of this name. */
export function isCommand(name: string): boolean {
  return pipelineProgram().commands.some((command) => command.name() === name || command.aliases().includes(name));
}
