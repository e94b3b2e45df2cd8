/** `pipeline cancel`, `retry`, `pause` and `resume` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { storeOption } from '../command-line/options.ts';
import type { BookFlags } from './control-book.ts';

/** Adds the commands. */
export function registerControl(root: Command): void {
  const add = (name: string, argument: string, description: string): Command => {
    const command = root
      .command(name)
      .description(description)
      .argument(argument, 'ID, start of an ID, or title; `pipeline status` lists them')
      .addOption(storeOption())
      .option('--json', 'print one JSON object');
    addExamples(command, [[`pipeline ${name} a-novel`, '']]);
    return command;
  };
  add('cancel', '<book>', 'Stop a book on whatever machine it runs; everything made so far is kept').action(
    async (book: string, flags: BookFlags) => {
      const { cancelCommand } = await import('./control-book.ts');
      await finishCommand(cancelCommand(book, flags), flags);
    },
  );
  add('retry', '<book>', 'Retry what failed in a submitted book, ahead of other books').action(
    async (book: string, flags: BookFlags) => {
      const { retryCommand } = await import('./control-book.ts');
      await finishCommand(retryCommand(book, flags), flags);
    },
  );
  add('pause', '[book]', 'Pause a book, or all books').action(async (book: string | undefined, flags: BookFlags) => {
    const { pauseCommand } = await import('./control-book.ts');
    await finishCommand(pauseCommand(book, flags), flags);
  });
  add('resume', '[book]', 'Resume a paused book, or all books').action(
    async (book: string | undefined, flags: BookFlags) => {
      const { resumeCommand } = await import('./control-book.ts');
      await finishCommand(resumeCommand(book, flags), flags);
    },
  );
}
