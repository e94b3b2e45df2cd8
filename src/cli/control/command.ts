/** `pipeline cancel`, `retry`, `pause` and `resume` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { storeOption } from '../command-line/options.ts';
import type { BookFlags } from './control-book.ts';

/** Adds the commands. */
export function registerBooks(root: Command): void {
  const add = (name: string, argument: string, description: string): Command =>
    root
      .command(name)
      .description(description)
      .argument(argument, 'id, beginning of an id, or title; pipeline status lists them')
      .addOption(storeOption())
      .option('--json', 'as one JSON object');
  add('cancel', '<book>', 'stop a book wherever it runs; what was made is kept').action(
    async (book: string, flags: BookFlags) => {
      const { cancelCommand } = await import('./control-book.ts');
      await end(cancelCommand(book, flags), flags);
    },
  );
  add('retry', '<book>', 'take up just what failed of a book that was handed in, before other books').action(
    async (book: string, flags: BookFlags) => {
      const { retryCommand } = await import('./control-book.ts');
      await end(retryCommand(book, flags), flags);
    },
  );
  add('pause', '[book]', 'hold a book up, or all').action(async (book: string | undefined, flags: BookFlags) => {
    const { pauseCommand } = await import('./control-book.ts');
    await end(pauseCommand(book, flags), flags);
  });
  add('resume', '[book]', 'let a paused book, or all, go on').action(
    async (book: string | undefined, flags: BookFlags) => {
      const { resumeCommand } = await import('./control-book.ts');
      await end(resumeCommand(book, flags), flags);
    },
  );
}
