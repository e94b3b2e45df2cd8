/** `pipeline verify` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';

/** Adds the command. */
export function registerVerify(root: Command): void {
  root
    .command('verify')
    .description('judge finished sound files by the rules of a shop, whoever made them; changes nothing')
    .argument('<files...>', 'MP3, M4A, M4B, FLAC, WAV …; a folder stands for the sound files in it')
    .option('--profile <name>', 'acx, podcast, broadcast or none', 'acx')
    .option('--json', 'one JSON object a file and line, with all that was measured; the last is verify.finished')
    .action(async (files: string[], flags: { profile?: string; json?: boolean }) => {
      const { verifyCommand } = await import('./verify.ts');
      await end(verifyCommand(files, flags), flags);
    });
}
