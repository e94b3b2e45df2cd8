/** Whose account a run uses, and which server answers. Level 0. */
import { createHash } from 'node:crypto';

/**
 * Where speech comes from, as far as it shapes the sound: the service at its own addresses, or any other server (a
 * simulator, a gateway).
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
export function accountOf({
  apiKey,
  httpBaseUrl,
  realtimeUrl,
}: {
  apiKey: string;
  httpBaseUrl: string;
  realtimeUrl: string;
}): Account {
  const host = new URL(httpBaseUrl).hostname;
  // Both must be the service's own: voices are cloned at the one address and speak at the other.
  const realm: Realm = isService(host) && isService(new URL(realtimeUrl).hostname) ? 'dashscope' : 'local';
  const fingerprint = createHash('sha256').update(`narration-pipeline account\n${apiKey}`).digest('hex').slice(0, 12);
  // Regions keep voices apart, so the host belongs to the name; on this machine ports change and mean nothing.
  const where = isLoopback(host) ? 'local' : host.replace(/[^A-Za-z0-9.-]/g, '_');
  return { id: `${where}-${fingerprint}`, realm };
}

/**
 * What the names of a queue begin with. A step must only meet workers with the same account and the same store: the one
 * pays, the other is where the result is looked for. `only` keeps steps to one process (a simulator's own).
 */
export function queuePrefix(of: { account: Account; storeId: string; only?: string | undefined }): string {
  const shared = `pipeline-${of.account.id}-${of.storeId}`;
  return of.only === undefined ? shared : `${shared}-${of.only}`;
}

/** Regions and workspaces of the service all live below one domain. */
function isService(host: string): boolean {
  return host === 'aliyuncs.com' || host.endsWith('.aliyuncs.com');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
