/** `pipeline board` on the command line. */
import type { Command } from 'commander';
import type { Flags } from '../../config.ts';
import { end } from '../command-line/end.ts';
import { port, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerBoard(root: Command): void {
  root
    .command('board')
    .description('a page for engineers that shows the shared queue job by job (bull-board); needs REDIS_URL')
    .addOption(storeOption())
    .option('--port <n>', 'port of the page; 0 takes a free one', port, 3000)
    .option(
      '--host <address>',
      'where to listen (default: 127.0.0.1); elsewhere the page asks for a password: PIPELINE_API_TOKEN, or one that is told',
    )
    .option('--allow-changes', 'let the page retry and remove jobs; without it, it only looks')
    .action(async (flags: Flags & { port: number; host?: string; allowChanges?: boolean }) => {
      const { boardCommand } = await import('./board.ts');
      await end(boardCommand(flags));
    });
}
