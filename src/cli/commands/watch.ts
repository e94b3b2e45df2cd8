/** `pipeline watch` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { budgetOption, sessionsOption, simulateOption, storeOption, yesOption } from './arguments.ts';
import { end } from './end.ts';

/** Adds the command. */
export function registerWatch(root: Command): void {
  root
    .command('watch')
    .description('run every manifest in a folder, and again when it or its files change')
    .argument('<folder>', 'the folder into which manifests are dropped')
    .addOption(simulateOption())
    .option('--out <dir>', 'where finished books go (default: <folder>/done)')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .addOption(budgetOption())
    .addOption(yesOption())
    .action(async (folder: string, flags: Flags) => {
      const { watchCommand } = await import('../watch.ts');
      await end(watchCommand(folder, flags));
    });
}
