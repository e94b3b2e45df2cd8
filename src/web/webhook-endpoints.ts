/** The endpoints of webhooks. A webhook URL may be a secret, so only its origin is ever shown. */
import { createHash } from 'node:crypto';

/** An endpoint. */
export interface Endpoint {
  url: string;
  /** Names the endpoint in files without revealing its URL. */
  id: string;
  /** Scheme and host, for people. */
  origin: string;
}

/** Limit for the number of endpoints. */
const MAX_ENDPOINTS = 16;

/** Parses webhook URLs and removes duplicates. The problem never repeats more of a URL than its host. */
export function readEndpoints(urls: readonly string[]): { endpoints: Endpoint[] } | { problem: string } {
  const endpoints = new Map<string, Endpoint>();
  for (const [index, text] of urls.entries()) {
    if (!URL.canParse(text))
      return { problem: `Webhook ${index + 1} is not a URL. Give one like https://example.com/hook.` };
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return { problem: `Webhook ${index + 1} must begin with https:// or http://.` };
    if (url.username !== '' || url.password !== '')
      return {
        problem: `Webhook ${index + 1} (${url.host}) must not contain a password. Remove it: messages are signed instead.`,
      };
    const id = createHash('sha256').update(url.href).digest('hex').slice(0, 16);
    endpoints.set(id, { url: url.href, id, origin: url.origin });
  }
  if (endpoints.size > MAX_ENDPOINTS) return { problem: `There are too many webhooks. Give at most ${MAX_ENDPOINTS}.` };
  return { endpoints: [...endpoints.values()] };
}
