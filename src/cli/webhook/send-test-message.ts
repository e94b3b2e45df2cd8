/** `pipeline webhook test`: sends a test message to each webhook URL. */

import { webhookEndpoints } from '../../composition/webhook-endpoints.ts';
import { ConfigError } from '../../config/values.ts';
import { postWebhook } from '../../web/post-webhook.ts';
import { testMessage } from '../../web/webhook-message.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';

/** Sends one message to each URL, once. Exit code 0 when all accepted it, 3 when one did not. */
export async function webhookTestCommand(flags: { url?: string[]; json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const { endpoints, secrets } = webhookEndpoints(flags.url);
  if (endpoints.length === 0)
    throw new ConfigError('There is no webhook URL. Give --url, or set PIPELINE_WEBHOOK_URL.');
  let allAccepted = true;
  for (const { url, origin } of endpoints) {
    const { id, type, body } = testMessage(new Date());
    const end = await postWebhook({ url, id, body, secrets });
    allAccepted &&= end.ok;
    if (flags.json) {
      const { ok, status = null, problem = null, answer, tookMs } = end;
      terminal.raw(JSON.stringify({ type: 'webhook.test', to: origin, id, ok, status, problem, answer, tookMs }));
      continue;
    }
    terminal.out(
      end.ok
        ? `✓ ${plain(origin)} accepted ${type} ${id}: ${end.status} after ${end.tookMs} ms`
        : `✗ ${plain(origin)}: ${end.problem} (${end.tookMs} ms)`,
    );
    if (end.answer.trim() !== '') terminal.out(`  ${plain(end.answer.trim().slice(0, 400))}`);
  }
  return allAccepted ? EXIT.ok : EXIT.unavailable;
}
