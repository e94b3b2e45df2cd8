/** The webhook URLs that flags and environment name, checked before anything starts. */
import { ConfigError } from '../config/values.ts';
import { readWebSettings } from '../config/web-settings.ts';
import { type Endpoint, readEndpoints } from '../web/webhook-endpoints.ts';
import { readSecrets } from '../web/webhook-signature.ts';

/** Throws `ConfigError` for a wrong URL, and for URLs without a secret. Its message never contains a secret. */
export function webhookEndpoints(urls: readonly string[] | undefined): { endpoints: Endpoint[]; secrets: Buffer[] } {
  const settings = readWebSettings();
  const read = readEndpoints(urls ?? settings.webhookUrls);
  if ('problem' in read) throw new ConfigError(read.problem);
  if (read.endpoints.length === 0) return { endpoints: [], secrets: [] };
  if (settings.webhookSecret === undefined) {
    throw new ConfigError(
      'There is no secret to sign webhooks with. Set PIPELINE_WEBHOOK_SECRET (or PIPELINE_WEBHOOK_SECRET_FILE). To make a secret: openssl rand -base64 32',
    );
  }
  const secrets = readSecrets(settings.webhookSecret);
  if ('problem' in secrets) throw new ConfigError(`PIPELINE_WEBHOOK_SECRET: ${secrets.problem}`);
  return { ...read, ...secrets };
}
