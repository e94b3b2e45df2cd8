/** `pipeline check` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { end } from '../command-line/end.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerCheck(root: Command): void {
  root
    .command('check')
    .description('report every mistake of a manifest and its files; calls nothing')
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'the mistakes as JSON')
    .action(async (manifest: string, flags: Flags & { json?: boolean }) => {
      const { checkCommand } = await import('./check.ts');
      await end(checkCommand(manifest, flags), flags);
    });
}
