/** `pipeline init` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { omitDisclosureOption } from '../command-line/options.ts';
import type { InitFlags } from './init.ts';

/** Adds the command. */
export function registerInit(root: Command): void {
  const command = root
    .command('init')
    .description('Write a small book with comments to start from; it runs as it is')
    .argument('[folder]', 'new or empty folder to write to', 'my-book')
    .option('--title <text>', 'title of the book (default: the name of the folder)')
    .addOption(omitDisclosureOption())
    .option('--json', 'print one JSON object')
    .action(async (folder: string, flags: InitFlags) => {
      const { initCommand } = await import('./init.ts');
      await finishCommand(initCommand(folder, flags), flags);
    });
  addExamples(command, [
    ['pipeline init my-book', 'write my-book/'],
    ['pipeline run my-book/book.yaml --simulate', 'listen to it'],
  ]);
}
