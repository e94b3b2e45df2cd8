/** The account and server that a run uses. Level 0. */
import { createHash } from 'node:crypto';

/**
 * Where speech comes from, as far as it affects the sound: the service at its own addresses, or any other server (a
 * simulator, a gateway). It is part of every take's key, so that simulated speech never passes for the real voice.
 */
export type Realm = 'dashscope' | 'local';

/** The account that the service bills and the server that answers, as far as results and limits depend on them. */
export interface Account {
  /** Names the account in the ledger and the queue. Contains a fingerprint of the key, never the key. */
  id: string;
  realm: Realm;
}

/**
 * The account behind a key and a server. Two keys of one account count as two accounts; a voice is then found by
 * listing the service's voices and not paid for again.
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
  // Both must be the service's own: voices are cloned at one address and speak at the other.
  const realm: Realm = isVendorHost(host) && isVendorHost(new URL(realtimeUrl).hostname) ? 'dashscope' : 'local';
  const fingerprint = createHash('sha256').update(`narration-pipeline account\n${apiKey}`).digest('hex').slice(0, 12);
  // Voices differ by region, so the host is part of the name. On this machine ports change and carry no meaning.
  const where = isLoopback(host) ? 'local' : host.replace(/[^A-Za-z0-9.-]/g, '_');
  return { id: `${where}-${fingerprint}`, realm };
}

/**
 * The prefix of a queue's names. A step must only reach workers with the same account, which pays, and the same store,
 * where its result is looked up. `only` restricts steps to one process (a simulator's own).
 */
export function queuePrefix(of: { account: Account; storeId: string; only?: string | undefined }): string {
  const shared = `pipeline-${of.account.id}-${of.storeId}`;
  return of.only === undefined ? shared : `${shared}-${of.only}`;
}

/** Whether a host is the vendor's: all its regions and workspaces are below one domain. */
export function isVendorHost(host: string): boolean {
  return host === 'aliyuncs.com' || host.endsWith('.aliyuncs.com');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
