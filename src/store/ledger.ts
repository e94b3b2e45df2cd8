/**
 * The ledger: our record of the voices that we enrolled. One voice per voice key (sample content, model, transcript,
 * language) and account.
 *
 * Enrolment costs money, and its response can be lost. So a write-ahead **intent** is stored before the call and
 * removed after the voice is recorded. A worker that finds an intent without a voice checks the service's list before
 * it enrols again.
 */
import { createHash } from 'node:crypto';
import type { Store } from './store.ts';

/** A voice of ours at the service. */
export interface VoiceRecord {
  /** Voice key (src/plan/keys.ts). */
  key: string;
  /** The account that owns the voice (src/config/config.ts: service and a fingerprint of the API key, never the key). */
  account: string;
  /** The service's ID. */
  voiceId: string;
  model: string;
  preferredName: string;
  /** Names of the characters at enrolment, for people who read the ledger. */
  characters: string[];
  simulated: boolean;
  /** The recording that it was cloned from, in this store; absent in records of earlier versions. */
  sample?: { digest: string; mediaType: string };
  /** Changes made to the sample before it was sent; absent when there were none. */
  sampleChanges?: string[];
  /** ISO 8601, UTC. */
  enrolledAt: string;
}

/** The account's voice for a key, or undefined. */
export async function findVoice(store: Store, key: string, account: string): Promise<VoiceRecord | undefined> {
  const record = await store.readRecord('voice', recordKey(key, account));
  return isVoiceRecord(record) && record.key === key && record.account === account ? record : undefined;
}

/** Stores an enrolled voice, then removes the intent. */
export async function putVoice(store: Store, record: VoiceRecord): Promise<void> {
  await store.writeRecord('voice', recordKey(record.key, record.account), record);
  await dropIntent(store, record.key, record.account);
}

/** Whether there is an unreadable record: a voice was paid for, and only the service knows its ID. */
export async function isVoiceDamaged(store: Store, key: string, account: string): Promise<boolean> {
  const keys = await store.listRecords('voice');
  return keys.includes(recordKey(key, account)) && (await findVoice(store, key, account)) === undefined;
}

/**
 * Deletes the record of a voice that the service no longer has. Only that one: another worker may have enrolled its
 * successor in the meantime.
 */
export async function forgetVoice(
  store: Store,
  { key, account, voiceId }: { key: string; account: string; voiceId: string },
): Promise<void> {
  if ((await findVoice(store, key, account))?.voiceId !== voiceId) return;
  await store.deleteRecord('voice', recordKey(key, account));
}

/** All voices in the ledger for an account, in no particular order. */
export async function listVoices(store: Store, account: string): Promise<VoiceRecord[]> {
  const keys = (await store.listRecords('voice')).filter((key) => key.endsWith(`.${account}`));
  const records = await Promise.all(keys.map((key) => store.readRecord('voice', key)));
  return records.filter(isVoiceRecord).filter((record) => record.account === account);
}

/** All voices in the ledger, of all accounts, in no particular order. */
export async function listAllVoices(store: Store): Promise<VoiceRecord[]> {
  const keys = await store.listRecords('voice');
  return (await Promise.all(keys.map((key) => store.readRecord('voice', key)))).filter(isVoiceRecord);
}

/**
 * Keys of the voices that an account has, or may have because they were requested; damaged records count, too. Without an
 * account: of all accounts.
 */
export async function listVoiceKeys(store: Store, account?: string): Promise<Set<string>> {
  const names = [...(await store.listRecords('voice')), ...(await store.listRecords('voice-intent'))];
  return new Set(
    names.flatMap((name) => {
      const [key = '', ...its] = name.split('.');
      return account === undefined || its.join('.') === account ? [key] : [];
    }),
  );
}

/** The number of voices in the ledger for an account; reads none of them. */
export async function countVoices(store: Store, account: string): Promise<number> {
  return (await store.listRecords('voice')).filter((key) => key.endsWith(`.${account}`)).length;
}

/**
 * Records that a voice speaks today. The service deletes voices that are unused for a year, and a full account must
 * know which ones can go. A day is exact enough for both, so that not every segment writes.
 */
export async function recordVoiceUse(store: Store, voiceId: string, account: string): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  if ((await lastVoiceUse(store, voiceId, account)) === today) return;
  await store.writeRecord('voice-use', useKey(voiceId, account), { voiceId, account, lastUsedOn: today });
}

/** The day (`yyyy-mm-dd`, UTC) on which a voice last spoke for us; undefined when it never did. */
export async function lastVoiceUse(store: Store, voiceId: string, account: string): Promise<string | undefined> {
  const record = await store.readRecord('voice-use', useKey(voiceId, account));
  if (typeof record !== 'object' || record === null || !('lastUsedOn' in record)) return undefined;
  return typeof record.lastUsedOn === 'string' ? record.lastUsedOn : undefined;
}

/** Deletes the last use of a voice that no longer exists. */
export async function deleteVoiceUse(store: Store, voiceId: string, account: string): Promise<void> {
  await store.deleteRecord('voice-use', useKey(voiceId, account));
}

/** Records that the service is about to be asked for this voice. */
export async function putIntent(store: Store, key: string, account: string): Promise<void> {
  await store.writeRecord('voice-intent', recordKey(key, account), { key, account, since: new Date().toISOString() });
}

/** Whether a worker requested this voice and may not have seen the response; an unreadable intent counts, too. */
export async function hasIntent(store: Store, key: string, account: string): Promise<boolean> {
  return (await store.listRecords('voice-intent')).includes(recordKey(key, account));
}

/** The voices of an account that were requested without an answer, by voice key; unreadable intents count, too. */
export async function listIntents(store: Store, account: string): Promise<string[]> {
  const suffix = recordKey('', account);
  const names = await store.listRecords('voice-intent');
  return names.flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));
}

/** Removes the intent: the service certainly refused, so no voice was made. */
export async function dropIntent(store: Store, key: string, account: string): Promise<void> {
  await store.deleteRecord('voice-intent', recordKey(key, account));
}

/** IDs come from outside and may contain anything; a hash is always a valid record key. */
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
