/** `pipeline run` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import {
  budgetOption,
  needlessYesOption,
  sessionsOption,
  simulateOption,
  storeOption,
} from '../command-line/options.ts';

/** Adds the command. */
export function registerRun(root: Command): void {
  const command = root
    .command('run')
    .description('Speak, master and deliver a book; makes only what is missing')
    .argument('<manifest>', 'YAML file of the book')
    .addOption(simulateOption())
    .option('--out <dir>', 'folder or s3://bucket/prefix for finished books (default: PIPELINE_OUT, or out)')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .addOption(budgetOption())
    .addOption(needlessYesOption())
    .addOption(chapterOption('make only these chapters, such as 3, 2-4 or 3,7; no M4B, no lock, nothing is removed'))
    .option('--retry-refused', 'send texts again that the service refused in an earlier run')
    .option('--locked', 'reproduce the edition of book.lock from the store, byte for byte; makes no service calls')
    .option('--no-lock', 'do not write book.lock beside the manifest')
    .option('--detach', 'submit the book to the workers and exit; needs REDIS_URL and a shared store')
    .option('--json', 'print one JSON event per line; the last is run.finished')
    .action(async (manifest: string, flags: import('./run.ts').RunFlags) => {
      const { runCommand } = await import('./run.ts');
      await finishCommand(runCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline run book.yaml --simulate', 'try the book without a key'],
    ['pipeline run book.yaml --budget 20', 'make the book for 20 at most'],
    ['pipeline run book.yaml --chapter 3', 'make one chapter and listen to it first'],
    ['pipeline run book.yaml --detach', 'leave the work to workers'],
  ]);
}
