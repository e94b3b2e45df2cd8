/** `pipeline check` on the command line. */
import type { Command } from 'commander';
import { end } from './end.ts';

/** Adds the command. */
export function registerCheck(root: Command): void {
  root
    .command('check')
    .description('report every mistake of a manifest and its files; calls nothing')
    .argument('<manifest>', 'the book: a YAML file')
    .option('--json', 'the mistakes as JSON')
    .action(async (manifest: string, flags: { json?: boolean }) => {
      const { checkCommand } = await import('../check.ts');
      await end(checkCommand(manifest, flags), flags);
    });
}
