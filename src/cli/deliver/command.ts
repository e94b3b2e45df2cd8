/** `pipeline deliver` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';
import type { DeliverFlags } from './deliver.ts';

/** Adds the command. */
export function registerDeliver(root: Command): void {
  const command = root
    .command('deliver')
    .description('Pack a finished book for a shop: files, cover, sample, checklist; makes no service calls')
    .argument('<manifest>', 'YAML file of the book')
    .requiredOption('--for <shop>', 'acx, spotify, google-play, kobo, plain, or one-mp3 for the whole book as one MP3')
    .option('--to <dir>', 'folder for the package', 'packages')
    .addOption(storeOption())
    .addOption(simulateOption())
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: DeliverFlags) => {
      const { deliverCommand } = await import('./deliver.ts');
      await finishCommand(deliverCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline deliver book.yaml --for spotify', 'write packages/Title - spotify.zip'],
    ['pipeline deliver book.yaml --for one-mp3', 'write packages/Title.mp3, with chapter marks'],
    ['pipeline deliver book.yaml --for acx --json', 'the same as JSON, with every rule'],
  ]);
}
