/** `pipeline lines` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerLines(root: Command): void {
  const command = root
    .command('lines')
    .description("List a book's lines with their numbers, takes and doubts; makes no service calls")
    .argument('<manifest>', 'YAML file of the book')
    .addOption(chapterOption('only these chapters, such as 3, 2-4 or 3,7'))
    .option('--suspects', 'only lines to check by ear, worst first')
    .option('--grep <text>', 'only lines with this text or speaker')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./lines.ts').LinesFlags) => {
      const { linesCommand } = await import('./lines.ts');
      await finishCommand(linesCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline lines book.yaml --suspects', 'what to listen to first'],
    ['pipeline lines book.yaml --grep Ukridge', 'where a name is spoken'],
    ['pipeline play book.yaml 3:37', 'hear one of them'],
  ]);
}
