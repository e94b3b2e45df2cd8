/** `pipeline run` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { budgetOption, sessionsOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerRun(root: Command): void {
  root
    .command('run')
    .description('speak, master and deliver a book; does only what is missing')
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(simulateOption())
    .option('--out <dir>', 'where finished books go: a folder, or s3://bucket/prefix (default: out)')
    .addOption(storeOption())
    .addOption(sessionsOption())
    .addOption(budgetOption())
    .addOption(yesOption())
    .option('--retry-refused', 'ask again for texts that the service refused in an earlier run')
    .option('--locked', 'reproduce the edition of book.lock from the store, byte for byte; calls nothing')
    .option('--no-lock', 'write no book.lock beside the manifest')
    .option('--detach', 'hand the book in and end; workers see it through (needs REDIS_URL and a shared store)')
    .option('--json', 'one JSON event a line on stdout; the last is run.finished')
    .action(async (manifest: string, flags: import('./run.ts').RunFlags) => {
      const { runCommand } = await import('./run.ts');
      await end(runCommand(manifest, flags), flags);
    });
}
