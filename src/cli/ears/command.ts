/** `pipeline ears` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { budgetOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';
import type { EarsFlags } from './ears.ts';

/** Adds the command. */
export function registerEars(root: Command): void {
  const command = root
    .command('ears')
    .description(
      "Check a book's stored takes again with the checks of this version, and list the suspects; speaks nothing",
    )
    .argument('<manifest>', 'YAML file of the book')
    .addOption(chapterOption('only these chapters, such as 3, 2-4 or 3,7'))
    .option('--words', 'also have a recogniser hear the words; the price is shown first')
    .addOption(budgetOption())
    .addOption(yesOption())
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: EarsFlags) => {
      const { earsCommand } = await import('./ears.ts');
      await finishCommand(earsCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline ears book.yaml', 'check older takes with this version, at no cost'],
    ['pipeline ears book.yaml --words --chapter 3', 'compare what is heard in a chapter with its text'],
    ['pipeline retake book.yaml 3:37', 'speak one of them again'],
  ]);
}
