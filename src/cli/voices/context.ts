/** What the `voices` commands share: the service's voices and the ledger's, side by side. */
import { randomUUID } from 'node:crypto';
import { createCloneWatch } from '../../../jobs/clone-watch.ts';
import type { EnrollContext } from '../../../jobs/context.ts';
import { type Account, queuePrefix } from '../../account.ts';
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { guardedFlight } from '../../composition/guarded-flight.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { isOwnOnly } from '../../composition/own-server.ts';
import { accountFor, openService } from '../../composition/service.ts';
import { openSpeech } from '../../composition/speech.ts';
import { storeInUse } from '../../composition/store-in-use.ts';
import { type Config, type Flags, readConfig } from '../../config/config.ts';
import { modelOfVoices } from '../../manifest/fields/voices.ts';
import { openLimits } from '../../queue/limits/limits.ts';
import type { EnrolmentClient, VoiceAtService } from '../../speech/engine.ts';
import { lastVoiceUse, listVoices, type VoiceRecord } from '../../store/ledger.ts';
import { openSpendingLedger } from '../../store/spending/spending-ledger.ts';
import type { LockHolder, Store, StoreLock } from '../../store/store.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import type { Terminal } from '../screen/terminal.ts';
import { keepsNoVoices } from './own-server.ts';
import { patientClient } from './patient-client.ts';

/** Flags that every `voices` command understands. */
export type VoicesFlags = Flags & { json?: boolean; yes?: boolean };

/** `reads`: the command changes nothing, so it need not wait for a run on the same store. */
export type VoicesContextFlags = VoicesFlags & { reads?: boolean };

/** The parts that the commands work with. */
export interface VoicesContext {
  config: Config;
  account: Account;
  store: Store;
  enrolment: EnrolmentClient;
  context: EnrollContext;
  /** Aborts at Ctrl-C. */
  signal: AbortSignal;
}

/** Opens the service, the store and the account's limits, calls `work`, and closes them. Errors as in `pipeline run`. */
export async function withVoicesContext(
  flags: VoicesContextFlags,
  terminal: Terminal,
  work: (opened: VoicesContext) => Promise<number>,
): Promise<number> {
  const config = readConfig(flags);
  if (isOwnOnly(config)) throw keepsNoVoices();
  const account = accountFor(config);
  const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
  const store = await openConfiguredStore(config);
  const undo: (() => unknown)[] = [];
  let lock: StoreLock | undefined;
  try {
    const interrupt = onInterrupt(() => undefined);
    undo.push(() => interrupt.release());
    if (flags.reads !== true) await store.proveWritable();
    if (flags.reads !== true && config.redisUrl === undefined) {
      const onWait = (holder: LockHolder): void => terminal.err(storeInUse(holder, store));
      const held = await store.lock({ onWait, signal: interrupt.signal });
      undo.push(() => held.release());
      lock = held;
    }
    const service = await openService({ config, ffmpeg, notice: () => undefined });
    undo.push(() => service.close());
    const queue = await limitsStorage({
      config,
      account,
      storeId: store.id,
      notice: (message) => terminal.err(message),
    });
    undo.push(() => queue.close());
    const limits = openLimits(queue, {
      account: account.id,
      sessionsAtOnce: 1,
    });
    undo.push(() => limits.close());
    const enrolment = patientClient(openSpeech({ service, limits, maxSessions: 1 }).enrolment);
    const context: EnrollContext = {
      workerId: `voices-${randomUUID().slice(0, 8)}`,
      store,
      account: account.id,
      enrolment,
      ffmpeg,
      singleFlight: guardedFlight(limits.singleFlight, lock),
      clones: createCloneWatch(),
      budgets: limits.budgets,
      spending: openSpendingLedger(store),
      freeVoicesAfterDays: config.freeVoicesAfterDays,
    };
    return await work({ config, account, store, enrolment, context, signal: interrupt.signal });
  } finally {
    for (const act of undo.reverse()) await act();
  }
}

/** The account's limits are shared through Redis with runs and workers; without Redis this process keeps its own. */
async function limitsStorage({
  config,
  account,
  storeId,
  notice,
}: {
  config: Config;
  account: Account;
  storeId: string;
  notice: (message: string) => void;
}) {
  const prefix = queuePrefix({ account, storeId });
  if (config.redisUrl === undefined) return { redis: undefined, prefix, close: async () => undefined };
  const { openQueue } = await import('../../queue/redis/connection.ts');
  return openQueue({ redisUrl: config.redisUrl, cacheDir: config.cacheDir, prefix, notice });
}

/**
 * One voice as both sides know it: `ours` is in the ledger and at the service; `orphan` is only at the service, made by
 * another store; `lost` is only in the ledger, so the next run enrolls it again.
 */
export interface KnownVoice {
  voiceId: string;
  state: 'ours' | 'orphan' | 'lost';
  model: string;
  /** As the service has it, or the day of our record. */
  createdAt: string;
  /** Day of its last take in this store; undefined when there is none. */
  lastUsedOn: string | undefined;
  characters: string[];
  record: VoiceRecord | undefined;
}

/** Every voice of the account, newest first. Takes one list call for each thousand voices. */
export async function allVoices({ store, account, enrolment, signal }: VoicesContext): Promise<KnownVoice[]> {
  const records = new Map((await listVoices(store, account.id)).map((record) => [record.voiceId, record]));
  const theirs = await enrolment.listAll({ signal });
  const known = theirs.map((voice) => knownVoice(voice, records.get(voice.voiceId)));
  const listed = new Set(theirs.map(({ voiceId }) => voiceId));
  for (const record of records.values()) if (!listed.has(record.voiceId)) known.push(lostVoice(record));
  for (const voice of known) voice.lastUsedOn = await lastVoiceUse(store, voice.voiceId, account.id);
  return known.sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
}

function knownVoice(listed: VoiceAtService, record: VoiceRecord | undefined): KnownVoice {
  const { voiceId, createdAt } = listed;
  const state = record === undefined ? 'orphan' : 'ours';
  // The successor's list does not say the model; our record and the ID do.
  const model = listed.model || record?.model || (modelOfVoices([voiceId]) ?? '');
  return { voiceId, state, model, createdAt, lastUsedOn: undefined, characters: record?.characters ?? [], record };
}

function lostVoice(record: VoiceRecord): KnownVoice {
  const { voiceId, model, characters } = record;
  const createdAt = record.enrolledAt.slice(0, 19).replace('T', ' ');
  return { voiceId, state: 'lost', model, createdAt, lastUsedOn: undefined, characters, record };
}
