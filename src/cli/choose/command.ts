/** `pipeline choose` on the command line. */
import type { Command } from 'commander';
import type { LineName } from '../../script/lines/line-name.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { lineArgument, takeNumber } from '../command-line/line-argument.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerChoose(root: Command): void {
  const command = root
    .command('choose')
    .description(
      'Choose which take of a line the book uses, and write that into BOOK.yaml.review; makes no service calls',
    )
    .argument('<manifest>', 'YAML file of the book')
    .argument('<line>', 'the line, such as 3:37', lineArgument)
    .argument('[take]', 'number of the take', takeNumber)
    .option('--back', 'withdraw the choice, with its words and direction')
    .option('--say <text>', 'the take has these words (as given to retake)')
    .option('--direction <text>', 'the take has this direction (as given to retake)')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(
      async (manifest: string, name: LineName, take: number | undefined, flags: import('./choose.ts').ChooseFlags) => {
        const { chooseCommand } = await import('./choose.ts');
        await finishCommand(chooseCommand({ manifest, name, take }, flags), flags);
      },
    );
  addExamples(command, [
    ['pipeline choose book.yaml 3:37 2', 'use take 2'],
    ['pipeline choose book.yaml 3:37 --back', 'use what the text says'],
    ['pipeline run book.yaml', 'then make what changed'],
  ]);
}
