/** `pipeline webhook` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';
import { collect } from '../command-line/options.ts';

/** Adds the command. */
export function registerWebhook(root: Command): void {
  root
    .command('webhook')
    .description('try the receivers that a watched folder tells of its books; see docs/notifications.md')
    .command('test')
    .description('send a test message and print what came back')
    .option('--url <url>', 'a receiver, instead of those in PIPELINE_WEBHOOK_URL; may be given several times', collect)
    .option('--json', 'one JSON object a receiver')
    .action(async (flags: { url?: string[]; json?: boolean }) => {
      const { webhookTestCommand } = await import('./test.ts');
      await end(webhookTestCommand(flags), flags);
    });
}
