/** Who may ask: whoever has the token; without one, programs of this machine, but no page that a browser has open. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from './refusal.ts';

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Throws a `Refusal` unless the request may go on. Without a token the `Host` must be this machine's own: a page of the web
 * whose name was made to point here (DNS rebinding) sends its own name. A page of another site is refused in any case.
 */
export function checkAsker(headers: Headers, { token }: { token: string | undefined }): void {
  const host = headers.get('host') ?? '';
  const origin = headers.get('origin');
  if (origin !== null && hostOf(origin) !== host)
    throw new Refusal(403, 'Pages of other sites may not ask here. Ask from a program.');
  if (token !== undefined) {
    const given = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    if (isSame(given, token)) return;
    throw new Refusal(401, 'Send the token: "Authorization: Bearer …" with what PIPELINE_API_TOKEN holds.', {
      'www-authenticate': 'Bearer',
    });
  }
  if (!isLoopback(host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')))
    throw new Refusal(403, 'Ask by the name localhost or 127.0.0.1, or set PIPELINE_API_TOKEN.');
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
