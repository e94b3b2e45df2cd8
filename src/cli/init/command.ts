/** `pipeline init` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';

/** Adds the command. */
export function registerInit(root: Command): void {
  root
    .command('init')
    .description('write a small commented book to start from; it runs at once')
    .argument('[folder]', 'a new or empty folder', 'my-book')
    .option('--title <text>', "the book's title (default: the folder's name)")
    .action(async (folder: string, flags: { title?: string }) => {
      const { initCommand } = await import('./init.ts');
      await end(initCommand(folder, flags));
    });
}
