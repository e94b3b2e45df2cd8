/** `pipeline cost` on the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';
import type { CostFlags } from './cost.ts';

/** Adds the command. */
export function registerCost(root: Command): void {
  const command = root
    .command('cost')
    .description('Show what all runs of a book, or of all books of a store, have cost; makes no service calls')
    .argument('[book]', 'title of the book, or its manifest (default: all books)')
    .addOption(storeOption())
    .addOption(simulateOption())
    .option('--month <month>', 'only calls of this month (UTC), such as 2026-11', month)
    .addOption(
      new Option('--by <what>', 'one line for each book, voice or reason').choices(['book', 'voice', 'reason']),
    )
    .addOption(
      new Option('--csv', 'print CSV: one row for each paid call, or with --by for each sum').conflicts('json'),
    )
    .option('--json', 'print one JSON object')
    .action(async (book: string | undefined, flags: CostFlags) => {
      const { costCommand } = await import('./cost.ts');
      await finishCommand(costCommand(book, flags), flags);
    });
  addExamples(command, [
    ['pipeline cost', 'what each book of the store cost so far'],
    ['pipeline cost book.yaml', 'one book: first tries, retries, re-takes, lost answers and voices'],
    ['pipeline cost --month 2026-11 --csv > november.csv', 'every paid call of a month, for a spreadsheet'],
  ]);
}

function month(text: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
  throw new InvalidArgumentError('Give a month such as 2026-11.');
}
