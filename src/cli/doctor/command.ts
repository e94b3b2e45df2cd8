/** `pipeline doctor` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerDoctor(root: Command): void {
  const command = root
    .command('doctor')
    .description('Check that this machine has what a run needs; show how to fix what is missing')
    .addOption(storeOption())
    .option('--notify', 'also send a test message to the addresses of PIPELINE_NOTIFY_URL')
    .option('--json', 'print one JSON object')
    .action(async (flags: import('./doctor.ts').DoctorFlags) => {
      const { doctorCommand } = await import('./doctor.ts');
      await finishCommand(doctorCommand(flags), flags);
    });
  addExamples(command, [
    ['pipeline doctor', 'check everything'],
    ['pipeline doctor --store s3://bucket/store', 'check with a store on S3'],
    ['pipeline doctor --notify', 'does a message reach you when a book fails?'],
  ]);
}
