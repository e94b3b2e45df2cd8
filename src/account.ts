/** Whose account a run uses, and which server answers. Level 0. */
import { createHash } from 'node:crypto';

/**
 * Where speech comes from, as far as it shapes the sound: the real service, or a server on this machine (a simulator).
 * Part of every take's key, so that simulated speech is never taken for the real voice.
 */
export type Realm = 'dashscope' | 'local';

/** Whom the service bills and which server answers, as far as results and limits depend on it. */
export interface Account {
  /** Names the account in the ledger and the queue. Holds a fingerprint of the key, never the key. */
  id: string;
  realm: Realm;
}

/**
 * The account behind a key and a server. Two keys of one account count as two; a voice is then found again by listing,
 * not paid again.
 */
export function accountOf({ apiKey, httpBaseUrl }: { apiKey: string; httpBaseUrl: string }): Account {
  const host = new URL(httpBaseUrl).hostname;
  const realm: Realm = isLoopback(host) ? 'local' : 'dashscope';
  const fingerprint = createHash('sha256').update(`narration-pipeline account\n${apiKey}`).digest('hex').slice(0, 12);
  // Regions keep voices apart, so the host belongs to the name; on this machine ports change and mean nothing.
  const where = realm === 'local' ? 'local' : host.replace(/[^A-Za-z0-9.-]/g, '_');
  return { id: `${where}-${fingerprint}`, realm };
}

/**
 * What the names of an account's queues begin with. Steps must never meet workers with another account's key, least of
 * all a simulator's steps: `only` keeps them to one process.
 */
export function queuePrefix(account: Account, only?: string): string {
  return only === undefined ? `pipeline-${account.id}` : `pipeline-${account.id}-${only}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
