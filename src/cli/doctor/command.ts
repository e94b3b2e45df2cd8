/** `pipeline doctor` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config/config.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerDoctor(root: Command): void {
  const command = root
    .command('doctor')
    .description('Check that this machine has what a run needs; show how to fix what is missing')
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(async (flags: Flags & { json?: boolean }) => {
      const { doctorCommand } = await import('./doctor.ts');
      await finishCommand(doctorCommand(flags), flags);
    });
  addExamples(command, [
    ['pipeline doctor', 'check everything'],
    ['pipeline doctor --store s3://bucket/store', 'check with a store on S3'],
  ]);
}
