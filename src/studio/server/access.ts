/** Who may use the studio: as src/auth/authorize.ts says, with a cookie in place of a token in each request, and no other site's pages. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { denialReason } from '../../auth/authorize.ts';
import { StudioProblem } from './problem.ts';

/** Sent with every response: the page is ours alone, runs our scripts alone, and is in no other page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "connect-src 'self'",
    "font-src 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
};

/** Most people who are logged in at once; one more ends the oldest session. */
const MOST_SESSIONS = 64;
const COOKIE = 'studio';
const COOKIE_DAYS = 7;
/** A wrong token costs time, in milliseconds, so that nobody can try many. */
const WRONG_TOKEN_MS = 500;

/** The door of a studio. */
export interface Access {
  /** Throws a `StudioProblem` for a request that is not allowed. `open`: it needs no token. */
  check(request: Request, options?: { open?: boolean }): void;
  /** Whether the request has the cookie of somebody who logged in. */
  isLoggedIn(request: Request): boolean;
  /** Logs in: the value of a `set-cookie` header. Throws a `StudioProblem` for a wrong token. */
  login(token: unknown): Promise<string>;
}

/** Without a token, this machine alone is allowed in. */
export function openAccess(token: string | undefined): Access {
  const sessions = new Set<string>();
  const isLoggedIn = ({ headers }: Request): boolean =>
    sessions.has(digestOf(cookieOf(headers.get('cookie') ?? undefined)));
  return {
    isLoggedIn,
    check: (request, { open = false } = {}) => {
      const { headers, method } = request;
      const of = (name: string): string | undefined => headers.get(name) ?? undefined;
      const isKnown = isLoggedIn(request);
      const reason = denialReason(
        {
          host: of('host'),
          origin: of('origin'),
          authorization: isKnown && token !== undefined ? `Bearer ${token}` : of('authorization'),
          // A link on another page may lead here: the page itself holds nothing.
          fetchSite: open && method === 'GET' ? undefined : of('sec-fetch-site'),
        },
        token,
      );
      if (reason !== undefined && !(open && reason === 'no-token')) throw denied(reason);
      if (method !== 'GET' && method !== 'HEAD' && of('x-studio') !== '1')
        throw new StudioProblem(403, 'foreign-origin', 'What changes something needs the header "x-studio: 1".');
    },
    login: async (given) => {
      if (token === undefined) throw new StudioProblem(409, 'no-login', 'This studio needs no login.');
      if (typeof given !== 'string' || !isSame(given, token)) {
        await sleep(WRONG_TOKEN_MS);
        throw new StudioProblem(401, 'wrong-token', 'The token is wrong. It is the value of PIPELINE_API_TOKEN.');
      }
      const session = randomBytes(32).toString('base64url');
      sessions.add(digestOf(session));
      for (const old of [...sessions].slice(0, -MOST_SESSIONS)) sessions.delete(old);
      return `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${COOKIE_DAYS * 24 * 60 * 60}`;
    },
  };
}

function denied(reason: NonNullable<ReturnType<typeof denialReason>>): StudioProblem {
  switch (reason) {
    case 'foreign-origin':
      return new StudioProblem(403, reason, 'Requests from pages of other sites are denied.');
    case 'foreign-host':
      return new StudioProblem(
        403,
        reason,
        'The host name is not this machine. Use localhost or 127.0.0.1, or set PIPELINE_API_TOKEN.',
      );
    case 'no-token':
      return new StudioProblem(401, reason, 'Log in with the token of this studio: the value of PIPELINE_API_TOKEN.');
  }
}

function cookieOf(header = ''): string {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([\\w-]+)`).exec(header)?.[1] ?? '';
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares in constant time. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(wanted)));
}
