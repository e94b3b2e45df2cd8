/** `pipeline migrate` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { budgetOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerMigrate(root: Command): void {
  const command = root
    .command('migrate')
    .description(
      'Change the model of a book or character, after showing the price and speaking one line of each voice to compare',
    )
    .argument('<manifest>', 'YAML file of the book')
    .requiredOption('--model <model>', 'the model to change to; docs/reference/engines.md lists them')
    .option('--character <name>', 'change only this character')
    .addOption(simulateOption())
    .option(
      '--out <dir>',
      'folder for finished books; the lines go to its folder migrate-listen (default: PIPELINE_OUT, or out)',
    )
    .addOption(storeOption())
    .addOption(budgetOption())
    .addOption(yesOption())
    .option('--dry-run', 'show what would change and what it would cost; speak and change nothing')
    .option('--listen-only', 'speak the lines to compare, and leave the manifest unchanged')
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./migrate.ts').MigrateFlags) => {
      const { migrateCommand } = await import('./migrate.ts');
      await finishCommand(migrateCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline migrate book.yaml --model qwen-audio-3.1-tts-flash --dry-run', 'only show what it would cost'],
    ['pipeline migrate book.yaml --model cosyvoice-v3-flash --character mara', 'one character'],
  ]);
}
