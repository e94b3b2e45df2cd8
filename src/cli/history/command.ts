/** `pipeline history` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerHistory(root: Command): void {
  const command = root
    .command('history')
    .description('List the editions of a book with date, cost and what changed; makes no service calls')
    .argument('<book>', 'manifest or title')
    .addOption(storeOption())
    .addOption(simulateOption())
    .option('--json', 'print one JSON object')
    .action(async (book: string, flags: import('../store/with-store.ts').StoreFlags) => {
      const { historyCommand } = await import('./history.ts');
      await finishCommand(historyCommand(book, flags), flags);
    });
  addExamples(command, [
    ['pipeline history book.yaml', 'all editions, the newest last'],
    ['pipeline diff book.yaml@1 book.yaml@2', 'what changed between two of them, line by line'],
  ]);
}
