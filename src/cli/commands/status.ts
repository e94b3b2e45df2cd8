/** `pipeline status` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { storeOption } from './arguments.ts';
import { end } from './end.ts';

/** Adds the command. */
export function registerStatus(root: Command): void {
  root
    .command('status')
    .description('what is in the store, and what the queue is doing; or how the books in a watched folder are')
    .argument('[inbox]', 'a watched folder')
    .addOption(storeOption())
    .option('--out <dir>', 'where the watched folder has its finished books (default: <inbox>/done)')
    .option('--json', 'as one JSON object')
    .action(async (inbox: string | undefined, flags: Flags & { json?: boolean }) => {
      if (inbox !== undefined) {
        const { inboxStatusCommand } = await import('../inbox-status.ts');
        await end(inboxStatusCommand(inbox, flags), flags);
        return;
      }
      const { statusCommand } = await import('../status.ts');
      await end(statusCommand(flags), flags);
    });
}
