/** `pipeline diff` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerDiff(root: Command): void {
  const command = root
    .command('diff')
    .description('Compare two editions of a book line by line: text, voice, sound; makes no service calls')
    .argument('<before>', 'book.lock, folder of finished files, manifest, or an edition of the history: book.yaml@1')
    .argument('<after>', 'the same, of the other edition')
    .addOption(storeOption())
    .addOption(simulateOption())
    .option('--json', 'print one JSON object')
    .action(
      async (before: string, after: string, flags: import('../../config/config.ts').Flags & { json?: boolean }) => {
        const { diffCommand } = await import('./diff.ts');
        await finishCommand(diffCommand(before, after, flags), flags);
      },
    );
  addExamples(command, [
    ['pipeline diff book.lock book.yaml', 'what changed since the last edition'],
    ['pipeline diff book.yaml@1 book.yaml@2', 'two editions in the store'],
    ['pipeline diff out/Novel old/Novel --json', 'two folders of finished files'],
  ]);
}
