/** `pipeline diff` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';

/** Adds the command. */
export function registerDiff(root: Command): void {
  root
    .command('diff')
    .description('compare two editions line by line: text, voice, sound; calls nothing')
    .argument('<before>', 'a book.lock, a folder of finished files, or a manifest')
    .argument('<after>', 'the same')
    .option('--json', 'all that differs, as one JSON object')
    .action(async (before: string, after: string, flags: { json?: boolean }) => {
      const { diffCommand } = await import('./diff.ts');
      await end(diffCommand(before, after, flags), flags);
    });
}
