/** `pipeline worker` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { sessionsOption, storeOption } from './arguments.ts';
import { end } from './end.ts';

/** Adds the command. */
export function registerWorker(root: Command): void {
  root
    .command('worker')
    .description('work for runs on other machines; needs REDIS_URL and the same --store')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .action(async (flags: Flags) => {
      const { workerCommand } = await import('../worker.ts');
      await end(workerCommand(flags));
    });
}
