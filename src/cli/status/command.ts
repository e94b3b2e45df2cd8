/** `pipeline status` on the command line. */
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { storeOption } from '../command-line/options.ts';
import type { StatusFlags } from './status.ts';

/** Adds the command. */
export function registerStatus(root: Command): void {
  root
    .command('status')
    .description('which books are queued, running, done or failed, from anywhere; or how those in a watched folder are')
    .argument('[book]', 'one book: id, beginning of an id, or title; or a watched folder, or place on S3')
    .addOption(storeOption())
    .option('--out <dir>', 'where the watched folder has its finished books (default: <folder>/done)')
    .option('--follow', 'stay and tell each change until all have ended')
    .option('--json', 'as JSON: one object, with --follow one a change')
    .action(async (book: string | undefined, flags: StatusFlags) => {
      if (book !== undefined && (await isFolder(book))) {
        const { inboxStatusCommand } = await import('./watched-folder-status.ts');
        await end(inboxStatusCommand(book, flags), flags);
        return;
      }
      const { statusCommand } = await import('./status.ts');
      await end(statusCommand(book, flags), flags);
    });
}

async function isFolder(path: string): Promise<boolean> {
  if (path.startsWith('s3://')) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
