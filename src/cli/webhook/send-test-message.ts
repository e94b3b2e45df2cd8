/** `pipeline webhook test`: does a receiver take our messages? */
import { ConfigError } from '../../config.ts';
import { postWebhook } from '../../web/post-webhook.ts';
import { testMessage } from '../../web/webhook-message.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { receiversOf } from '../composition/webhook-endpoints.ts';
import { openTerminal, plain } from '../screen/terminal.ts';

/** Sends one message to each receiver, once. Exit code 0 when all took it, 3 when one did not. */
export async function webhookTestCommand(flags: { url?: string[]; json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const { endpoints, secrets } = receiversOf(flags.url);
  if (endpoints.length === 0) throw new ConfigError('There is no receiver: give --url, or set PIPELINE_WEBHOOK_URL.');
  let allTook = true;
  for (const { url, origin } of endpoints) {
    const { id, type, body } = testMessage(new Date());
    const end = await postWebhook({ url, id, body, secrets });
    allTook &&= end.ok;
    if (flags.json) {
      const { ok, status = null, problem = null, answer, tookMs } = end;
      terminal.out(JSON.stringify({ type: 'webhook.test', to: origin, id, ok, status, problem, answer, tookMs }));
      continue;
    }
    terminal.out(
      end.ok
        ? `✓ ${plain(origin)} took ${type} ${id}: ${end.status} after ${end.tookMs} ms`
        : `✗ ${plain(origin)}: ${end.problem} (${end.tookMs} ms)`,
    );
    if (end.answer.trim() !== '') terminal.out(`  ${plain(end.answer.trim().slice(0, 400))}`);
  }
  return allTook ? EXIT.ok : EXIT.unavailable;
}
