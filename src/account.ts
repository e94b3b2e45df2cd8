/** The account and server that a run uses. Level 0. */
import { createHash } from 'node:crypto';

/**
 * Where speech comes from, as far as it affects the sound: the service at its own addresses, or any other server (a
 * simulator, a gateway), or one's own server with the engine `openai-speech`. It is part of every take's key, so that
 * simulated speech never passes for the real voice.
 */
export type Realm = 'dashscope' | 'local' | 'own';
/** Every realm. */
export const REALMS = ['dashscope', 'local', 'own'] as const satisfies readonly Realm[];

/** The account that the service bills and the server that answers, as far as results and limits depend on them. */
export interface Account {
  /** Names the account in the ledger and the queue. Contains a fingerprint of the key, never the key. */
  id: string;
  realm: Realm;
  /** How one's own server is spoken to (its profile); absent for the service. Part of every key then. */
  profile?: string;
}

/**
 * The account behind a key and a server. Two keys of one account count as two accounts; a voice is then found by
 * listing the service's voices and not paid for again.
 */
export function accountOf({
  apiKey,
  httpBaseUrl,
  realtimeUrl,
  inferenceUrl,
}: {
  apiKey: string;
  httpBaseUrl: string;
  realtimeUrl: string;
  /** Default: beside `realtimeUrl`. */
  inferenceUrl?: string;
}): Account {
  const host = new URL(httpBaseUrl).hostname;
  // All must be the service's own: voices are cloned at one address and speak at the others.
  const sockets = [realtimeUrl, inferenceUrl ?? realtimeUrl];
  const isVendor = [httpBaseUrl, ...sockets].every((url) => isVendorHost(new URL(url).hostname));
  const realm: Realm = isVendor ? 'dashscope' : 'local';
  const fingerprint = createHash('sha256').update(`narration-pipeline account\n${apiKey}`).digest('hex').slice(0, 12);
  // Voices differ by region, so the host is part of the name. On this machine ports change and carry no meaning.
  const where = isLoopback(host) ? 'local' : host.replace(/[^A-Za-z0-9.-]/g, '_');
  return { id: `${where}-${fingerprint}`, realm };
}

/**
 * The account of one's own server. A server that names itself our simulator has realm `local` and an account of its own, so
 * that nothing of it is used when another server answers at the same address later.
 */
export function ownAccount(of: {
  url: string;
  key?: string | undefined;
  profile: string;
  simulated: boolean;
}): Account {
  const { url, key = '', profile, simulated } = of;
  const host = new URL(url).hostname;
  const realm: Realm = simulated ? 'local' : 'own';
  const fingerprint = createHash('sha256').update(`narration-pipeline own server\n${realm}\n${key}`).digest('hex');
  const where = isLoopback(host) ? 'local' : host.replace(/[^A-Za-z0-9.-]/g, '_');
  return { id: `own-${where}-${fingerprint.slice(0, 12)}`, realm, profile };
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
