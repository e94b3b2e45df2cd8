/**
 * The ledger: our record of the voices we enrolled. One voice per voice key (sample content, model, transcript,
 * language) and account.
 *
 * Enrolling costs money and its answer can be lost. So an **intent** is written before the call and removed after the
 * voice is recorded; whoever finds an intent without a voice looks at the service's list before asking again.
 */
import type { Store } from './store.ts';

/** A voice that the service has for us. */
export interface VoiceRecord {
  /** Voice key (src/plan/keys.ts). */
  key: string;
  /** Whose voice it is (src/config.ts: service and a fingerprint of the API key, never the key). */
  account: string;
  /** The service's id. */
  voiceId: string;
  model: string;
  preferredName: string;
  /** Names the characters had when it was enrolled, for people who read the ledger. */
  characters: string[];
  simulated: boolean;
  /** ISO 8601, UTC. */
  enrolledAt: string;
}

/** The account's voice for a key, or undefined. */
export async function findVoice(store: Store, key: string, account: string): Promise<VoiceRecord | undefined> {
  const record = await store.readRecord('voice', recordKey(key, account));
  return isVoiceRecord(record) && record.key === key && record.account === account ? record : undefined;
}

/** Records an enrolled voice, then drops the intent. */
export async function putVoice(store: Store, record: VoiceRecord): Promise<void> {
  await store.writeRecord('voice', recordKey(record.key, record.account), record);
  await dropIntent(store, record.key, record.account);
}

/** Forgets a voice that the service no longer has. */
export async function forgetVoice(store: Store, key: string, account: string): Promise<void> {
  await store.deleteRecord('voice', recordKey(key, account));
}

/** Notes that the service is about to be asked for this voice. */
export async function putIntent(store: Store, key: string, account: string): Promise<void> {
  await store.writeRecord('voice-intent', recordKey(key, account), { key, account, since: new Date().toISOString() });
}

/** Whether somebody asked for this voice and may not have seen the answer. */
export async function hasIntent(store: Store, key: string, account: string): Promise<boolean> {
  return (await store.readRecord('voice-intent', recordKey(key, account))) !== undefined;
}

/** The service refused for certain: nothing was made, nothing to look for. */
export async function dropIntent(store: Store, key: string, account: string): Promise<void> {
  await store.deleteRecord('voice-intent', recordKey(key, account));
}

function recordKey(key: string, account: string): string {
  return `${key}.${account}`;
}

function isVoiceRecord(value: unknown): value is VoiceRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, account, voiceId, model } = value as Partial<Record<keyof VoiceRecord, unknown>>;
  return (
    typeof key === 'string' && typeof account === 'string' && typeof voiceId === 'string' && typeof model === 'string'
  );
}
