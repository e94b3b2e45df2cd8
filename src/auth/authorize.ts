/** Who may ask a server of ours: whoever has its token; without one, programs of this machine, but no page that a browser has open. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The headers of a request that say who asks. */
export interface RequestCredentials {
  host?: string | undefined;
  origin?: string | undefined;
  authorization?: string | undefined;
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Why the asker is not answered; undefined for one who is welcome. The token is taken as `Bearer`, or as the password of a
 * browser's own dialog, with any name. Without a token the `Host` must be this machine's own: a page of the web whose name was
 * made to point here (DNS rebinding) sends its own name. A page of another site is refused in any case.
 */
export function denialReason(
  { host = '', origin, authorization = '' }: RequestCredentials,
  token: string | undefined,
): 'foreign-page' | 'no-token' | 'foreign-name' | undefined {
  if (origin !== undefined && hostOf(origin) !== host) return 'foreign-page';
  if (token !== undefined) return isSame(parseToken(authorization), token) ? undefined : 'no-token';
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name) ? undefined : 'foreign-name';
}

function parseToken(authorization: string): string {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return given;
  return Buffer.from(given, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
