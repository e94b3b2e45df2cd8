/** `pipeline verify` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';

/** Adds the command. */
export function registerVerify(root: Command): void {
  const command = root
    .command('verify')
    .description('Check finished sound files against the rules of a shop; changes nothing')
    .argument('<files...>', 'sound files (MP3, M4A, M4B, FLAC, WAV, …), or folders of them')
    .option('--profile <name>', 'rules: acx, podcast, broadcast or none', 'acx')
    .option('--json', 'print one JSON object per file with all measurements; the last is verify.finished')
    .action(async (files: string[], flags: { profile?: string; json?: boolean }) => {
      const { verifyCommand } = await import('./verify.ts');
      await finishCommand(verifyCommand(files, flags), flags);
    });
  addExamples(command, [
    ['pipeline verify out/*/*.mp3', 'check against the rules of ACX'],
    ['pipeline verify out/Novel --profile podcast', 'check a folder against other rules'],
  ]);
}
