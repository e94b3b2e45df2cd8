/** `pipeline plan` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { end } from '../command-line/end.ts';
import { budgetOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerPlan(root: Command): void {
  root
    .command('plan')
    .description('what a run would do, and what it would cost; calls nothing')
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(simulateOption())
    .addOption(storeOption())
    .addOption(budgetOption())
    .addOption(yesOption())
    .option('--verbose', 'every chapter and every changed line, in full')
    .option('--json', 'the plan as one JSON event')
    .action(async (manifest: string, flags: Flags & { json?: boolean; verbose?: boolean }) => {
      const { planCommand } = await import('./plan.ts');
      await end(planCommand(manifest, flags), flags);
    });
}
