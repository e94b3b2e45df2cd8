/** `pipeline webhook` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { collect } from '../command-line/options.ts';

/** Adds the command. */
export function registerWebhook(root: Command): void {
  const command = root
    .command('webhook')
    .description('Test the webhooks of a watched folder; see docs/how-to/notifications.md')
    .command('test')
    .description('Send a test message to each webhook URL and print the answer')
    .option('--url <url>', 'webhook URL, instead of those in PIPELINE_WEBHOOK_URL; repeatable', collect)
    .option('--json', 'print one JSON object per URL')
    .action(async (flags: { url?: string[]; json?: boolean }) => {
      const { webhookTestCommand } = await import('./send-test-message.ts');
      await finishCommand(webhookTestCommand(flags), flags);
    });
  addExamples(command, [['pipeline webhook test --url https://example.com/hook', '']]);
}
