/** `pipeline doctor` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { end } from '../command-line/end.ts';
import { storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerDoctor(root: Command): void {
  root
    .command('doctor')
    .description('is everything here that a run needs? One line each, with the fix')
    .addOption(storeOption())
    .option('--json', 'as one JSON object')
    .action(async (flags: Flags & { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts');
      await end(doctorCommand(flags), flags);
    });
}
