/** `pipeline check` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerCheck(root: Command): void {
  const command = root
    .command('check')
    .description('Report every error and warning of a manifest and its files; makes no service calls')
    .argument('<manifest>', 'YAML file of the book')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--all', 'list every place whose reading is left to the engine, such as numbers')
    .option(
      '--strict',
      'treat text that would not be spoken as written, such as brackets, tags and lost characters, as an error',
    )
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./check.ts').CheckFlags) => {
      const { checkCommand } = await import('./check.ts');
      await finishCommand(checkCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline check book.yaml', 'list all errors and warnings'],
    ['pipeline check book.yaml --json', 'the same for a program'],
  ]);
}
