/** Authorization of our HTTP servers: a token, or without one only programs on this machine, but no web page in a browser. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** The headers of a request that authorization depends on. */
export interface RequestCredentials {
  host?: string | undefined;
  origin?: string | undefined;
  authorization?: string | undefined;
  /** `Sec-Fetch-Site`, which browsers send with every request, also with those that have no `Origin`. */
  fetchSite?: string | undefined;
}

/** Whether the address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Why a request is denied; undefined for an authorized one. The token is accepted as `Bearer`, or as a `Basic` password with
 * any user name, for the dialog of a browser. Without a token the `Host` must be a loopback name, because a web page with a
 * rebound DNS name sends its own name. Requests from pages of another origin are always denied.
 */
export function denialReason(
  { host = '', origin, authorization = '', fetchSite }: RequestCredentials,
  token: string | undefined,
): 'foreign-origin' | 'no-token' | 'foreign-host' | undefined {
  if (origin !== undefined && hostOf(origin) !== host) return 'foreign-origin';
  if (fetchSite === 'cross-site' || fetchSite === 'same-site') return 'foreign-origin';
  if (token !== undefined) return isSame(parseToken(authorization), token) ? undefined : 'no-token';
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopback(name) ? undefined : 'foreign-host';
}

function parseToken(authorization: string): string {
  const [, scheme = '', given = ''] = /^(Bearer|Basic) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== 'basic') return given;
  return Buffer.from(given, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '');
}

/** Compares in constant time. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
