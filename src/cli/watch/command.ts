/** `pipeline watch` on the command line. */
import { type Command, Option } from 'commander';
import { end } from '../command-line/end.ts';
import {
  amount,
  atLeastOne,
  budgetOption,
  collect,
  port,
  sessionsOption,
  simulateOption,
  storeOption,
  yesOption,
} from '../command-line/options.ts';

/** Adds the command. */
export function registerWatch(root: Command): void {
  root
    .command('watch')
    .description('make books of all manifests and archives in a folder, and again when they or their files change')
    .argument(
      '<folder>',
      'the folder, or s3://bucket/prefix, into which manifests are dropped; see docs/watched-folder.md',
    )
    .addOption(simulateOption())
    .option('--out <dir>', 'where finished books go: a folder, or s3://bucket/prefix (default: <folder>/done)')
    .option('--library <dir>', 'put finished books into this library as well, laid out as --layout says')
    .addOption(
      new Option('--layout <name>', 'what reads the library').choices(['audiobookshelf']).default('audiobookshelf'),
    )
    .addOption(storeOption())
    .addOption(sessionsOption())
    .addOption(budgetOption())
    .addOption(yesOption())
    .option('--books-at-once <n>', 'books spoken side by side (default: 2)', atLeastOne)
    .option('--quiet-hours <from-to>', 'speak nothing in these hours of local time, such as 22:00-06:00')
    .option('--budget-per-day <n>', "most to spend in a day, in the currency of the model's price", amount)
    .option(
      '--approve-over <n>',
      'books that cost more wait until somebody puts <manifest>.approved beside them',
      amount,
    )
    .option('--webhook <url>', 'tell this address what happens, signed; may be given several times', collect)
    .option('--http-port <n>', 'serve the HTTP API and /healthz; 0 takes a free port', port)
    .option('--http-host <address>', 'where to serve them (default: 127.0.0.1); any other needs PIPELINE_API_TOKEN')
    .option('--json', 'one JSON event a line on stdout')
    .action(async (folder: string, flags: import('./watch.ts').WatchFlags) => {
      const { watchCommand } = await import('./watch.ts');
      await end(watchCommand(folder, flags), flags);
    });
}
