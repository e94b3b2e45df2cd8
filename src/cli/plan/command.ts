/** `pipeline plan` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { budgetOption, needlessYesOption, simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerPlan(root: Command): void {
  const command = root
    .command('plan')
    .description('Show what a run would do and what it would cost; makes no service calls')
    .argument('<manifest>', 'YAML file of the book')
    .addOption(simulateOption())
    .addOption(storeOption())
    .addOption(budgetOption())
    .addOption(needlessYesOption())
    .addOption(chapterOption('plan only these chapters, such as 3, 2-4 or 3,7'))
    .option(
      '--by <time>',
      'say whether a run that starts now would end by this time, such as 18:00 or 2026-12-01T18:00',
    )
    .option('--verbose', 'show every chapter and every changed line in full')
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./plan.ts').PlanFlags) => {
      const { planCommand } = await import('./plan.ts');
      await finishCommand(planCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline plan book.yaml', 'steps, reasons and price'],
    ['pipeline plan book.yaml --by 18:00', 'whether it will be done by then'],
    ['pipeline plan book.yaml --budget 20 --json', 'for a program; exit code 4 if over budget'],
  ]);
}
