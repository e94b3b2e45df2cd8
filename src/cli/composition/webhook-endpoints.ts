/** The receivers that flags and environment name, checked before anything is begun. */
import { ConfigError, readWebSettings } from '../../config.ts';
import { type Endpoint, readEndpoints } from '../../web/webhook-endpoints.ts';
import { readSecrets } from '../../web/webhook-signature.ts';

/** Throws `ConfigError` for an address that is none, and for receivers without a secret. No secret is ever repeated. */
export function receiversOf(urls: readonly string[] | undefined): { endpoints: Endpoint[]; secrets: Buffer[] } {
  const settings = readWebSettings();
  const read = readEndpoints(urls ?? settings.webhookUrls);
  if ('problem' in read) throw new ConfigError(read.problem);
  if (read.endpoints.length === 0) return { endpoints: [], secrets: [] };
  if (settings.webhookSecret === undefined) {
    throw new ConfigError(
      'Webhooks are signed, and there is no secret: set PIPELINE_WEBHOOK_SECRET (or PIPELINE_WEBHOOK_SECRET_FILE). Make one with: openssl rand -base64 32',
    );
  }
  const secrets = readSecrets(settings.webhookSecret);
  if ('problem' in secrets) throw new ConfigError(`PIPELINE_WEBHOOK_SECRET: ${secrets.problem}`);
  return { ...read, ...secrets };
}
