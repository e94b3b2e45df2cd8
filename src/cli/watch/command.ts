/** `pipeline watch` on the command line. */
import { type Command, Option } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import {
  amount,
  budgetOption,
  collect,
  needlessYesOption,
  oneToThousand,
  port,
  sessionsOption,
  simulateOption,
  storeOption,
} from '../command-line/options.ts';

/** Adds the command. */
export function registerWatch(root: Command): void {
  const command = root
    .command('watch')
    .description('Make a book of every manifest and archive in a folder, and again when it changes')
    .argument('<folder>', 'folder or s3://bucket/prefix to watch; see docs/how-to/watched-folder.md')
    .addOption(simulateOption())
    .option('--out <dir>', 'folder or s3://bucket/prefix for finished books (default: <folder>/done)')
    .option('--library <dir>', 'also put finished books into this library, in the structure of --layout')
    .addOption(
      new Option('--layout <name>', 'program that reads the library')
        .choices(['audiobookshelf'])
        .default('audiobookshelf'),
    )
    .addOption(storeOption())
    .addOption(sessionsOption())
    .addOption(
      budgetOption({ most: 'most to spend on one version of a book', above: 'a book that costs more does not start' }),
    )
    .addOption(needlessYesOption())
    .option('--books-at-once <n>', 'books to make at the same time (default: 2)', oneToThousand)
    .option('--quiet-hours <from-to>', 'local time in which nothing is spoken, such as 22:00-06:00')
    .option('--budget-per-day <n>', 'most to spend per day, in the currency of the prices', amount)
    .option(
      '--approve-over <n>',
      'books that cost more than this wait for approval: a file <manifest>.approved beside them',
      amount,
    )
    .option('--webhook <url>', 'webhook URL that gets signed notifications; repeatable', collect)
    .option('--http-port <n>', 'serve the HTTP API and /healthz on this port; 0 chooses a free one', port)
    .option('--http-host <address>', 'address to listen on (default: 127.0.0.1); any other needs PIPELINE_API_TOKEN')
    .option(
      '--keep-editions <n>',
      'once a day, delete finished files of older editions from the store (default: keep all)',
      oneToThousand,
    )
    .option('--json', 'print one JSON event per line')
    .action(async (folder: string, flags: import('./watch.ts').WatchFlags) => {
      const { watchCommand } = await import('./watch.ts');
      await finishCommand(watchCommand(folder, flags), flags);
    });
  addExamples(command, [
    ['pipeline watch inbox --simulate', 'try it without a key'],
    ['pipeline watch inbox --budget-per-day 50 --approve-over 10', ''],
    ['pipeline watch s3://bucket/inbox --out s3://bucket/done', ''],
  ]);
}
