/** Where webhooks go. Their addresses may be secrets themselves, so only the host is ever shown. */
import { createHash } from 'node:crypto';

/** A receiver. */
export interface Endpoint {
  url: string;
  /** Names it in files, without telling where it is. */
  id: string;
  /** What people are shown. */
  origin: string;
}

/** Most receivers. */
const MAX_ENDPOINTS = 16;

/** Reads addresses, each of them once. The problem does not repeat an address beyond its host. */
export function readEndpoints(urls: readonly string[]): { endpoints: Endpoint[] } | { problem: string } {
  const endpoints = new Map<string, Endpoint>();
  for (const [index, text] of urls.entries()) {
    if (!URL.canParse(text))
      return { problem: `Webhook ${index + 1} is not an address like https://example.com/hook.` };
    const url = new URL(text);
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
      return { problem: `Webhook ${index + 1} must begin with https:// or http://.` };
    if (url.username !== '' || url.password !== '')
      return { problem: `Webhook ${index + 1} (${url.host}) must hold no password: messages are signed instead.` };
    const id = createHash('sha256').update(url.href).digest('hex').slice(0, 16);
    endpoints.set(id, { url: url.href, id, origin: url.origin });
  }
  if (endpoints.size > MAX_ENDPOINTS) return { problem: `At most ${MAX_ENDPOINTS} webhooks can be told.` };
  return { endpoints: [...endpoints.values()] };
}
