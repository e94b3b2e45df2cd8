/** `pipeline pickups` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerPickups(root: Command): void {
  const command = root
    .command('pickups')
    .description(
      'List the lines to hear or record again: doubts, comments and decisions, with their times; makes no service calls',
    )
    .argument('<manifest>', 'YAML file of the book')
    .option('--csv <file>', 'write a table for Excel and other spreadsheets; - for standard output')
    .option('--audacity <dir>', 'write labels for Audacity, a file for each chapter')
    .option('--reaper <dir>', 'write regions for Reaper, a file for each chapter')
    .addOption(chapterOption('only these chapters, such as 3, 2-4 or 3,7'))
    .option('--all', 'also lines that somebody has approved')
    .option('--link <address>', 'link to this studio, such as http://127.0.0.1:8700 (default: the delivered file)')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./pickups.ts').PickupsFlags) => {
      const { pickupsCommand } = await import('./pickups.ts');
      await finishCommand(pickupsCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline pickups book.yaml', 'on the screen'],
    ['pipeline pickups book.yaml --csv pickups.csv', 'for a spreadsheet'],
    ['pipeline pickups book.yaml --audacity "out/The Harbor"', 'beside the chapters'],
  ]);
}
