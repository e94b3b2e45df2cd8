/**
 * The ledger: our record of the voices we enrolled. One voice per voice key (sample content, model, transcript,
 * language) and account.
 *
 * Enrolling costs money and its answer can be lost. So an **intent** is written before the call and removed after the
 * voice is recorded; whoever finds an intent without a voice looks at the service's list before asking again.
 */
import { createHash } from 'node:crypto';
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
  /** What was done to the sample before it was sent; absent when nothing was. */
  sampleChanges?: string[];
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

/** Whether there is a record that can not be read: a voice was paid for, and only the service knows its id. */
export async function isVoiceDamaged(store: Store, key: string, account: string): Promise<boolean> {
  const keys = await store.listRecords('voice');
  return keys.includes(recordKey(key, account)) && (await findVoice(store, key, account)) === undefined;
}

/**
 * Forgets a voice that the service no longer has. Only that one: somebody may have enrolled its successor meanwhile, which
 * must not be forgotten with it.
 */
export async function forgetVoice(
  store: Store,
  { key, account, voiceId }: { key: string; account: string; voiceId: string },
): Promise<void> {
  if ((await findVoice(store, key, account))?.voiceId !== voiceId) return;
  await store.deleteRecord('voice', recordKey(key, account));
}

/** All voices that the ledger has for an account, in no particular order. */
export async function listVoices(store: Store, account: string): Promise<VoiceRecord[]> {
  const keys = (await store.listRecords('voice')).filter((key) => key.endsWith(`.${account}`));
  const records = await Promise.all(keys.map((key) => store.readRecord('voice', key)));
  return records.filter(isVoiceRecord).filter((record) => record.account === account);
}

/** How many voices the ledger has for an account; reads none of them. */
export async function countVoices(store: Store, account: string): Promise<number> {
  return (await store.listRecords('voice')).filter((key) => key.endsWith(`.${account}`)).length;
}

/**
 * Notes that a voice speaks today. The service deletes voices that are unused for a year, and a full account needs to know
 * which may go; a day is exact enough for both, so that not every segment writes.
 */
export async function noteUse(store: Store, voiceId: string, account: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  if ((await lastUse(store, voiceId, account)) === today) return;
  await store.writeRecord('voice-use', useKey(voiceId, account), { voiceId, account, lastUsedOn: today });
}

/** The day (`yyyy-mm-dd`, UTC) on which a voice last spoke for us; undefined when it never did. */
export async function lastUse(store: Store, voiceId: string, account: string): Promise<string | undefined> {
  const record = await store.readRecord('voice-use', useKey(voiceId, account));
  if (typeof record !== 'object' || record === null || !('lastUsedOn' in record)) return undefined;
  return typeof record.lastUsedOn === 'string' ? record.lastUsedOn : undefined;
}

/** Forgets when a voice was used, because it is gone. */
export async function forgetUse(store: Store, voiceId: string, account: string): Promise<void> {
  await store.deleteRecord('voice-use', useKey(voiceId, account));
}

/** Notes that the service is about to be asked for this voice. */
export async function putIntent(store: Store, key: string, account: string): Promise<void> {
  await store.writeRecord('voice-intent', recordKey(key, account), { key, account, since: new Date().toISOString() });
}

/** Whether somebody asked for this voice and may not have seen the answer; an intent that can not be read any more says so, too. */
export async function hasIntent(store: Store, key: string, account: string): Promise<boolean> {
  return (await store.listRecords('voice-intent')).includes(recordKey(key, account));
}

/** The service refused for certain: nothing was made, nothing to look for. */
export async function dropIntent(store: Store, key: string, account: string): Promise<void> {
  await store.deleteRecord('voice-intent', recordKey(key, account));
}

/** Ids come from outside and may be anything; a hash is always a record key. */
function useKey(voiceId: string, account: string): string {
  return createHash('sha256').update(`${account}\n${voiceId}`).digest('hex');
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
