/** Signatures of webhooks after the Standard Webhooks specification (standardwebhooks.com), version 1, symmetric. */
import { createHmac } from 'node:crypto';

/** What the specification asks of a secret, in bytes. */
const SECRET_BYTES = { least: 24, most: 64 };

/**
 * Reads one secret, or several divided by commas or spaces: while a secret is being changed, messages are signed with the
 * old and the new one. Each is base64, with or without `whsec_` in front. The problem never repeats the secret.
 */
export function readSecrets(text: string): { secrets: Buffer[] } | { problem: string } {
  const secrets: Buffer[] = [];
  for (const one of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const base64 = one.replace(/^whsec_/, '');
    const bytes = Buffer.from(base64, 'base64');
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.replace(/=+$/, '').length % 4 !== 1;
    if (!isBase64 || bytes.length < SECRET_BYTES.least || bytes.length > SECRET_BYTES.most) {
      return {
        problem: `it must be ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes in base64, with or without "whsec_" in front. Make one with: openssl rand -base64 32`,
      };
    }
    secrets.push(bytes);
  }
  return secrets.length === 0 ? { problem: 'it is empty' } : { secrets };
}

/** The three headers of a message. `seconds`: time of this try, since 1970. The receiver should refuse old ones. */
export function signedHeaders(of: {
  id: string;
  seconds: number;
  body: string;
  secrets: readonly Buffer[];
}): Record<string, string> {
  const signed = `${of.id}.${of.seconds}.${of.body}`;
  const signatures = of.secrets.map((secret) => `v1,${createHmac('sha256', secret).update(signed).digest('base64')}`);
  return {
    'webhook-id': of.id,
    'webhook-timestamp': String(of.seconds),
    'webhook-signature': signatures.join(' '),
  };
}
