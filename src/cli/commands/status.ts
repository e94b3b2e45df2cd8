/** `pipeline status` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { storeOption } from './arguments.ts';
import { end } from './end.ts';

/** Adds the command. */
export function registerStatus(root: Command): void {
  root
    .command('status')
    .description('what is in the store, and what the queue is doing')
    .addOption(storeOption())
    .option('--json', 'as one JSON object')
    .action(async (flags: Flags & { json?: boolean }) => {
      const { statusCommand } = await import('../status.ts');
      await end(statusCommand(flags), flags);
    });
}
