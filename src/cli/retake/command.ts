/** `pipeline retake` on the command line. */
import type { Command } from 'commander';
import type { LineName } from '../../script/lines/line-name.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { lineArgument, takeNumber } from '../command-line/line-argument.ts';
import { budgetOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerRetake(root: Command): void {
  const command = root
    .command('retake')
    .description('Speak one line again, after showing the price; keeps all takes and chooses none')
    .argument('<manifest>', 'YAML file of the book')
    .argument('<line>', 'the line, such as 3:37', lineArgument)
    .option('--takes <n>', 'how many further takes (default: 1)', takeNumber)
    .option('--say <text>', 'speak these words instead, such as another spelling of a name')
    .option('--direction <text>', 'how to speak it, for models that take directions')
    .addOption(budgetOption())
    .addOption(yesOption())
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, line: LineName, flags: import('./retake.ts').RetakeFlags) => {
      const { retakeCommand } = await import('./retake.ts');
      await finishCommand(retakeCommand(manifest, line, flags), flags);
    });
  addExamples(command, [
    ['pipeline retake book.yaml 3:37 --takes 3', 'three more to choose from'],
    ['pipeline retake book.yaml 3:37 --say "Yookridge"', 'a name that was said wrong'],
    ['pipeline choose book.yaml 3:37 2', 'then use one of them'],
  ]);
}
