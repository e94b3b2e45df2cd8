/** `pipeline status` on the command line. */
import type { Command } from 'commander';
import type { StatusFlags } from '../status.ts';
import { storeOption } from './arguments.ts';
import { end } from './end.ts';

/** Adds the command. */
export function registerStatus(root: Command): void {
  root
    .command('status')
    .description('which books are queued, running, done or failed, from anywhere; what is in the store and the queue')
    .argument('[book]', 'one book: id, beginning of an id, or title')
    .addOption(storeOption())
    .option('--follow', 'stay and tell each change until all have ended')
    .option('--json', 'as JSON: one object, with --follow one a change')
    .action(async (book: string | undefined, flags: StatusFlags) => {
      const { statusCommand } = await import('../status.ts');
      await end(statusCommand(book, flags), flags);
    });
}
