/** `pipeline board` on the command line. */
import type { Command } from 'commander';
import { withPackages } from '../../composition/optional-packages.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { port, storeOption } from '../command-line/options.ts';
import type { BoardFlags } from './board.ts';

/** Adds the command. */
export function registerBoard(root: Command): void {
  const command = root
    .command('board')
    .description('Serve a page that shows the shared queue job by job (bull-board); needs REDIS_URL')
    .addOption(storeOption())
    .option('--port <n>', 'port of the page; 0 chooses a free one', port, 3000)
    .option(
      '--host <address>',
      'address to listen on (default: 127.0.0.1); on any other, the page asks for a password: PIPELINE_API_TOKEN, or one that is printed',
    )
    .option('--allow-changes', 'let the page retry and remove jobs (default: read only)')
    .option('--json', 'print the address as one JSON object')
    .action(async (flags: BoardFlags) => {
      const load = withPackages('board', () => import('./board.ts'));
      await finishCommand(
        load.then(({ boardCommand }) => boardCommand(flags)),
        flags,
      );
    });
  addExamples(command, [['pipeline board --store /shared/store', 'open http://127.0.0.1:3000 in a browser']]);
}
