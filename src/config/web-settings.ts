/** Settings of webhooks and HTTP servers. */
import { nonEmpty, secretFromFile } from './values.ts';

/** Settings of webhooks and HTTP servers, read only by the commands that use them. They are never printed. */
export interface WebSettings {
  webhookUrls: readonly string[];
  /** As the user gave it; src/web/webhook-signature.ts parses it. */
  webhookSecret: string | undefined;
  apiToken: string | undefined;
}

/** Reads them. Throws `ConfigError` for a file that cannot be read or holds no secret. */
export function readWebSettings(env: NodeJS.ProcessEnv = process.env): WebSettings {
  return {
    webhookUrls: (env['PIPELINE_WEBHOOK_URL'] ?? '').split(/\s+/).filter((one) => one !== ''),
    webhookSecret:
      nonEmpty(env['PIPELINE_WEBHOOK_SECRET']) ??
      secretFromFile('PIPELINE_WEBHOOK_SECRET_FILE', 'the secret (or several, separated by commas)', env),
    apiToken: nonEmpty(env['PIPELINE_API_TOKEN']) ?? secretFromFile('PIPELINE_API_TOKEN_FILE', 'the token', env),
  };
}
