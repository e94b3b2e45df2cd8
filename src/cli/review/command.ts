/** `pipeline review` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { budgetOption, port, simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerReview(root: Command): void {
  const command = root
    .command('review')
    .description('Open the studio in a browser: hear the book, find what is wrong, correct it, approve it')
    .argument('<manifest>', 'YAML file of the book')
    .option('--port <n>', 'port of the studio; 0 chooses a free one (default: 0)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1); any other needs PIPELINE_API_TOKEN')
    .option('--no-open', 'print the address, and open no browser')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--out <dir>', 'folder for finished books (default: out)')
    .addOption(budgetOption())
    .option('--json', 'print the address as one JSON object')
    .action(async (manifest: string, flags: import('./review.ts').ReviewFlags) => {
      const { reviewCommand } = await import('./review.ts');
      await finishCommand(reviewCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline review book.yaml', 'until Ctrl-C'],
    ['pipeline review book.yaml --simulate', 'try it without a key'],
    ['pipeline review book.yaml --port 8700 --no-open', 'on a server: ssh -L 8700:127.0.0.1:8700 HOST'],
  ]);
}
