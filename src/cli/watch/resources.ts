/** What works on the watched books, and with what, for the HTTP API: read when somebody asks, from the store, from Redis and from this process. */
import { hostname } from 'node:os';
import { type Account, queuePrefix } from '../../account.ts';
import { modelLimits } from '../../composition/model-limits.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfProcess } from '../../composition/own-server.ts';
import { type Config, readConfig } from '../../config/config.ts';
import { MODELS } from '../../models.ts';
import { type LimitUse, limitUseInRedis } from '../../queue/limits/limit-use.ts';
import { readPresence, type WorkerPresence } from '../../queue/presence.ts';
import type { QueueConnection } from '../../queue/redis/connection.ts';
import type { Work } from '../../run/run-options.ts';
import { lastVoiceUse, listAllVoices, type VoiceRecord } from '../../store/ledger.ts';
import type { Store } from '../../store/store.ts';
import type { Resources } from '../../web/resources.ts';
import type { StudioFlags } from '../review/studio-dependencies.ts';

/** Most voices that are listed. */
const MOST_VOICES = 200;
/** How long the list of voices is kept, in milliseconds: pages ask often, and each voice is two records of the store. */
const VOICES_KEPT_MS = 10_000;

/** Opens nothing yet. `work`: the work of this process, as far as it is open. */
export function openResources({
  flags,
  work,
}: {
  flags: StudioFlags;
  work(): Promise<Work> | undefined;
}): Resources & { close(): Promise<void> } {
  let redis: Promise<QueueConnection> | undefined;
  let kept: { atMs: number; voices: Promise<KnownVoice[]> } | undefined;
  const service = async (): Promise<{ config: Config; account: Account }> =>
    serviceOfProcess(readConfig(flags), { sends: false });
  const openStore = (): Promise<Store> => openConfiguredStore(readConfig(flags));
  const voices = (): Promise<KnownVoice[]> => {
    const now = performance.now();
    if (kept === undefined || now - kept.atMs > VOICES_KEPT_MS) {
      const reading = openStore().then(knownVoices);
      kept = { atMs: now, voices: reading };
      reading.catch(() => {
        kept = undefined;
      });
    }
    return kept.voices;
  };
  /** The queue of all machines; undefined when this one works alone. */
  const shared = async (of: { config: Config; account: Account }): Promise<QueueConnection | undefined> => {
    if (of.config.redisUrl === undefined || of.config.simulate) return undefined;
    redis ??= openShared(of);
    redis.catch(() => {
      redis = undefined;
    });
    return redis;
  };
  return {
    voices: async () => {
      const all = await voices();
      return { voices: all.slice(0, MOST_VOICES).map(shownVoice), left: Math.max(0, all.length - MOST_VOICES) };
    },
    sample: async (id) => {
      const sample = (await voices()).find(({ record }) => record.key === id)?.record.sample;
      if (sample === undefined) return undefined;
      const store = await openStore();
      if ((await store.blobSize(sample.digest)) === undefined) return undefined;
      return { bytes: await store.readBlob(sample.digest), mediaType: sample.mediaType };
    },
    limits: async () => {
      const { config, account } = await service();
      const known = await voices();
      const queue = await shared({ config, account });
      const own = await modelLimits({ config, account, redis: queue?.redis });
      const used = [...new Set(known.filter(({ record }) => !record.simulated).map(({ record }) => record.model))];
      const here = queue === undefined ? ((await work()?.catch(() => undefined))?.limitUse?.() ?? []) : [];
      const models = [...new Set([...used, ...here.flatMap(({ model }) => model ?? [])])].sort();
      const limits =
        queue?.redis === undefined
          ? ownUse(here, { sessions: config.sessionsAtOnce, models, callsPerMinute: own.callsPerMinute })
          : await limitUseInRedis(queue.redis, {
              account: account.id,
              models,
              own: { sessionsAtOnce: config.sessionsAtOnce, ...own },
            });
      return {
        limits: [...limits.map((one) => ({ ...one, model: one.model ?? null })), ...voiceLimits(known, account)],
      };
    },
    workers: async () => {
      const of = await service();
      const queue = await shared(of);
      if (queue?.redis !== undefined)
        return { shared: true, workers: (await readPresence(queue.redis, queue.prefix)).map(shownWorker) };
      const mine = (await work()?.catch(() => undefined))?.presence?.();
      const idle = {
        ...{ worker: `${hostname()}-${process.pid}`, machine: hostname(), pid: process.pid },
        ...{ kinds: [], sessions: of.config.sessionsAtOnce, steps: [] },
      };
      return { shared: false, workers: [shownWorker(mine ?? idle)] };
    },
    close: async () => {
      await (await redis?.catch(() => undefined))?.close();
    },
  };
}

async function openShared({ config, account }: { config: Config; account: Account }): Promise<QueueConnection> {
  const [{ openQueue }, store] = await Promise.all([
    import('../../queue/redis/connection.ts'),
    openConfiguredStore(config),
  ]);
  const { redisUrl, cacheDir } = config;
  return openQueue({ redisUrl, cacheDir, prefix: queuePrefix({ account, storeId: store.id }) });
}

interface KnownVoice {
  record: VoiceRecord;
  lastUsedOn: string | undefined;
}

/** Last used first. */
async function knownVoices(store: Store): Promise<KnownVoice[]> {
  const records = await listAllVoices(store);
  const voices = await Promise.all(
    records.map(async (record) => ({
      record,
      lastUsedOn: await lastVoiceUse(store, record.voiceId, record.account),
    })),
  );
  const order = ({ record, lastUsedOn = '' }: KnownVoice): string => `${lastUsedOn} ${record.enrolledAt}`;
  return voices.sort((a, b) => (order(a) < order(b) ? 1 : -1));
}

function shownVoice({ record, lastUsedOn }: KnownVoice) {
  const { key: id, voiceId: voice, model, characters, simulated, enrolledAt, sample } = record;
  const hasSample = sample !== undefined;
  return { id, voice, model, characters, simulated, enrolledAt, lastUsedOn: lastUsedOn ?? null, hasSample };
}

function shownWorker({ steps, kinds, ...worker }: WorkerPresence) {
  return {
    ...worker,
    kinds: [...kinds],
    steps: steps.map(({ kind, book, number, chapter, seconds }) => ({
      ...{ kind, seconds },
      ...{ book: book ?? null, number: number ?? null, chapter: chapter ?? null },
    })),
  };
}

/** What is not in use yet is shown with its limit, too. */
function ownUse(
  used: readonly LimitUse[],
  of: { sessions: number; models: readonly string[]; callsPerMinute(model: string): number | null },
): LimitUse[] {
  const has = (limit: LimitUse['limit'], model?: string): boolean =>
    used.some((one) => one.limit === limit && one.model === model);
  return [
    ...(has('sessions') ? [] : [{ limit: 'sessions' as const, used: 0, most: of.sessions }]),
    ...used,
    ...of.models
      .filter((model) => !has('callsPerMinute', model))
      .map((model) => ({ limit: 'callsPerMinute' as const, model, used: 0, most: of.callsPerMinute(model) })),
  ];
}

/** The voices that the account has room for, as far as this store knows them. */
function voiceLimits(voices: readonly KnownVoice[], account: Account) {
  const counts = new Map<string, number>();
  for (const { record } of voices)
    if (!record.simulated && record.account === account.id)
      counts.set(record.model, (counts.get(record.model) ?? 0) + 1);
  return [...counts].map(([model, used]) => ({
    limit: 'voices' as const,
    ...{ model, used, most: MODELS[model]?.enrolment.voicesPerAccount ?? null },
  }));
}
