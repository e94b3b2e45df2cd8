/** Authentication: API keys, and the temporary keys made from them. */

import { randomBytes } from 'node:crypto';
import { invalidParameter, Refusal } from './refusal.ts';

/** Checks bearer keys and issues temporary ones. */
export interface KeyAuthenticator {
  /** Throws a 401 Refusal unless the `Authorization` header has a currently valid key. */
  check(authorization: string | undefined): void;
  /**
   * A temporary key for the holder of a permanent one. Lifetime [1, 1800] s, default 60, and the form of the response:
   * Alibaba's page on temporary API keys.
   */
  issue(authorization: string | undefined, expireInSeconds: string | null): { token: string; expires_at: number };
}

/** An authenticator; without `apiKeys` it accepts any key that is not empty. `now` is in milliseconds since 1970. */
export function keyAuthenticator(apiKeys: readonly string[] | undefined, now: () => number): KeyAuthenticator {
  const expiresAtByToken = new Map<string, number>();

  const check = (authorization: string | undefined): string => {
    const key = bearer(authorization);
    if (key === '') throw new Refusal(401, 'InvalidApiKey', 'No API-key provided.');
    if (key.startsWith('st-') && !apiKeys?.includes(key)) {
      const expiresAt = expiresAtByToken.get(key);
      if (expiresAt === undefined || expiresAt * 1000 <= now()) {
        throw new Refusal(401, 'InvalidApiKey', 'invalid access token or token expired');
      }
    } else if (apiKeys && !apiKeys.includes(key)) {
      throw new Refusal(401, 'InvalidApiKey', 'Invalid API-key provided.');
    }
    return key;
  };

  return {
    check: (authorization) => void check(authorization),
    issue(authorization, expireInSeconds) {
      const key = check(authorization);
      // "Authorization: Bearer <permanent key>": a temporary key cannot make another one.
      if (key.startsWith('st-')) throw new Refusal(401, 'InvalidApiKey', 'Invalid API-key provided.');
      const seconds = Number(expireInSeconds ?? 60);
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 1800) {
        throw invalidParameter('expire_in_seconds must be an integer in [1, 1800].');
      }
      const token = `st-${randomBytes(16).toString('hex')}`;
      const expiresAt = Math.floor(now() / 1000) + seconds;
      expiresAtByToken.set(token, expiresAt);
      return { token, expires_at: expiresAt };
    },
  };
}

/** The key of `Bearer <key>`; case-insensitive, because the older SDK sent the scheme in lower case. */
function bearer(authorization: string | undefined): string {
  return /^bearer[ \t]+(\S+)[ \t]*$/i.exec(authorization ?? '')?.[1] ?? '';
}
