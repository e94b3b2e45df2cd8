/** Webhook signatures as in the Standard Webhooks specification (standardwebhooks.com), version 1, symmetric. */
import { createHmac } from 'node:crypto';

/** Length of a secret as the specification requires it, in bytes. */
const SECRET_BYTES = { min: 24, max: 64 };

/**
 * Parses one secret, or several separated by commas or spaces: during a rotation, messages are signed with the old and the
 * new one. Each is base64, with or without the prefix `whsec_`. The problem never repeats the secret.
 */
export function readSecrets(text: string): { secrets: Buffer[] } | { problem: string } {
  const secrets: Buffer[] = [];
  for (const one of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const base64 = one.replace(/^whsec_/, '');
    const bytes = Buffer.from(base64, 'base64');
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(base64) && base64.replace(/=+$/, '').length % 4 !== 1;
    if (!isBase64 || bytes.length < SECRET_BYTES.min || bytes.length > SECRET_BYTES.max) {
      return {
        problem: `it must be ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes in base64, with or without the prefix "whsec_". Create one with: openssl rand -base64 32`,
      };
    }
    secrets.push(bytes);
  }
  return secrets.length === 0 ? { problem: 'it is empty' } : { secrets };
}

/** The three headers of a message. `seconds`: time of this attempt, since 1970; endpoints should reject old ones. */
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
