/** `pipeline status` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { storeOption } from '../command-line/options.ts';
import type { StatusFlags } from './status.ts';

/** Adds the command. */
export function registerStatus(root: Command): void {
  const command = root
    .command('status')
    .description('Show which books are queued, running, done or failed, in a store or in a watched folder')
    .argument('[book]', 'ID, start of an ID, or title of one book; or a watched folder or s3://bucket/prefix')
    .addOption(storeOption())
    .option('--out <dir>', 'where the finished books of the watched folder are (default: <folder>/done)')
    .option('--follow', 'print each change until all books have ended')
    .option('--json', 'print one JSON object; with --follow, one per change')
    .action(async (book: string | undefined, flags: StatusFlags) => {
      if (book !== undefined && (await isWatchedFolder(book, flags))) {
        const { watchedFolderStatusCommand } = await import('./watched-folder-status.ts');
        await finishCommand(watchedFolderStatusCommand(book, flags), flags);
        return;
      }
      const { statusCommand } = await import('./status.ts');
      await finishCommand(statusCommand(book, flags), flags);
    });
  addExamples(command, [
    ['pipeline status', 'all books of the store'],
    ['pipeline status a-novel --follow', 'follow one book'],
    ['pipeline status inbox/', 'the books in a watched folder'],
  ]);
}

async function isWatchedFolder(name: string, flags: StatusFlags): Promise<boolean> {
  const { bookOrFolder } = await import('./book-or-folder.ts');
  const { kind, hint } = await bookOrFolder(name, async () => {
    // Only for a watched folder.
    if (flags.out !== undefined) return [];
    const { booksOfStore } = await import('./status.ts');
    return booksOfStore(flags);
  });
  if (hint !== undefined) {
    const { openTerminal } = await import('../screen/terminal.ts');
    openTerminal().err(`pipeline: ${hint}`);
  }
  return kind === 'folder';
}
