/** `pipeline store …` on the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { oneToThousand, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Adds the command and its subcommands. */
export function registerStore(root: Command): void {
  const store = root.command('store').description('Show what the store holds, and delete what no book needs');
  addExamples(store, [
    ['pipeline store du', 'size by book, edition and kind'],
    ['pipeline store prune', 'mark what nothing needs; a later prune deletes it'],
    ['pipeline store pin book.yaml@2', 'keep the files of an edition'],
  ]);
  withStoreOptions(store.command('du'))
    .description('Show the size of the store by book, edition and kind; changes nothing')
    .action(async (flags: import('./with-store.ts').StoreFlags) => {
      const { storeDuCommand } = await import('./du.ts');
      await finishCommand(storeDuCommand(flags), flags);
    });
  const prune = withStoreOptions(store.command('prune'))
    .description(
      'Show and delete finished files of old editions and everything that nothing needs; takes are kept unless you give --keep-takes',
    )
    .option('--keep-editions <n>', 'editions of each book whose finished files are kept', oneToThousand, 3)
    .option(
      '--keep-takes <age>',
      'also delete takes that no kept edition uses and that are older, such as 90d; they cost money again',
      age,
    )
    .addOption(
      new Option('--grace <age>', 'delete what was marked at least this long ago, such as 12h')
        .argParser(age)
        .default(DAY_MS, '1d'),
    )
    .option('--now', 'delete at once what nothing needs, marked or not; only while no run or worker uses the store')
    .option('--dry-run', 'only show what would be deleted')
    .addOption(yesOption())
    .action(async (flags: import('./prune.ts').PruneFlags) => {
      const { storePruneCommand } = await import('./prune.ts');
      await finishCommand(storePruneCommand(flags), flags);
    });
  addExamples(prune, [
    ['pipeline store prune', 'show what nothing needs, and mark it'],
    ['pipeline store prune --yes', 'the same a day later, for example from cron: delete what is still not needed'],
    ['pipeline store prune --keep-editions 1 --now', 'keep only the newest edition of each book; nothing runs'],
  ]);
  for (const [name, description] of [
    ['pin', 'Keep the finished files of an edition, whatever the flags of `prune` say'],
    ['unpin', 'Let `prune` delete the finished files of an edition again'],
  ] as const) {
    withStoreOptions(store.command(name))
      .description(description)
      .argument(
        '<edition>',
        'manifest or title, and the number of the edition: book.yaml@2; without a number, the newest',
      )
      .action(async (edition: string, flags: import('./with-store.ts').StoreFlags) => {
        const { storePinCommand } = await import('./pin.ts');
        await finishCommand(storePinCommand(edition, { ...flags, pinned: name === 'pin' }), flags);
      });
  }
  const forget = withStoreOptions(store.command('forget'))
    .description('Delete a book from the store: its editions, and the takes that no other book uses')
    .argument('<book>', 'manifest or title')
    .option('--now', 'delete its files at once; only while no run or worker uses the store')
    .addOption(yesOption())
    .action(async (book: string, flags: import('./forget.ts').ForgetFlags) => {
      const { storeForgetCommand } = await import('./forget.ts');
      await finishCommand(storeForgetCommand(book, flags), flags);
    });
  addExamples(forget, [['pipeline store forget "The Harbour"', 'show what goes, and ask']]);
}

function withStoreOptions(command: Command): Command {
  return command.addOption(storeOption()).addOption(simulateOption()).option('--json', 'print one JSON object');
}

/** An age in milliseconds: `90d`, `12h`, `30m`; 0 is allowed. */
function age(text: string): number {
  const parts = /^(\d{1,6})(d|h|m)?$/.exec(text.trim());
  const units = { d: DAY_MS, h: DAY_MS / 24, m: 60_000 } as const;
  if (parts === null || (parts[2] === undefined && parts[1] !== '0'))
    throw new InvalidArgumentError('Give a number of days, hours or minutes: 90d, 12h, 30m.');
  return Number(parts[1]) * units[(parts[2] ?? 'd') as keyof typeof units];
}
