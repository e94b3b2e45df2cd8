/** The composition root: joins queue, limits, service clients and job processors. No other file does. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { bind } from '../../jobs/bind.ts';
import { createCloneWatch } from '../../jobs/clone-watch.ts';
import type { JobContext } from '../../jobs/context.ts';
import { enroll } from '../../jobs/enroll.ts';
import { master } from '../../jobs/master.ts';
import { createRetakeLimit } from '../../jobs/retake-limit.ts';
import { createSampleHabits } from '../../jobs/sample-habits.ts';
import { synthesize } from '../../jobs/synthesize.ts';
import { type Account, queuePrefix } from '../account.ts';
import { findFfmpeg } from '../audio/ffmpeg/ffmpeg-binary.ts';
import { openEars } from '../audio/listening/ears.ts';
import type { Config } from '../config/config.ts';
import type { Recogniser } from '../hearing/recogniser.ts';
import type { StepKind } from '../plan/step.ts';
import { createCast } from '../qc/cast.ts';
import { createVoiceHabits } from '../qc/voice-habits.ts';
import type { EmbeddedDatabase } from '../queue/embedded/embedded.ts';
import { openLimits } from '../queue/limits/limits.ts';
import { announcePresence, type WorkerPresence } from '../queue/presence.ts';
import { openQueue } from '../queue/redis/connection.ts';
import type { StepReport } from '../queue/step-report.ts';
import { openStepsUnderWay } from '../queue/steps-under-way.ts';
import { KINDS } from '../queue/topology.ts';
import { startWorkers } from '../queue/workers.ts';
import type { Work } from '../run/run-options.ts';
import type { EnrolmentCounts, SpeakerStats } from '../speech/engine.ts';
import type { Speech } from '../speech/join-engines.ts';
import { gateTokens } from '../speech/token-gate.ts';
import { storedRetakeCounts } from '../store/retake-counts.ts';
import { openSpendingLedger } from '../store/spending/spending-ledger.ts';
import type { Store, StoreLock } from '../store/store.ts';
import { openVoiceHabits } from '../store/voice-habits.ts';
import { guardedFlight } from './guarded-flight.ts';
import { openRecogniser } from './hearing.ts';
import { modelLimits } from './model-limits.ts';
import { offlineSpeech } from './offline-speech.ts';
import { openTraces } from './open-traces.ts';
import { openOwnSpeech } from './own-server.ts';
import { openService } from './service.ts';
import { openSpeech } from './speech.ts';
import { storeInUse } from './store-in-use.ts';

/**
 * How soon an idle session is closed when sessions are shared between machines, in milliseconds: it occupies one of the
 * account's sessions, which a worker elsewhere may be waiting for. Opening another takes a tenth of that.
 */
const SHARED_IDLE_CLOSE_MS = 1_000;

/** What a worker process offers besides carrying out a run's work. */
export interface Workbench extends Work {
  /** The calls of this process so far, and its sessions now. */
  stats(): { calls: EnrolmentCounts & { synthesize: number }; sessions: SpeakerStats };
}

/**
 * Opens the queue, the service and the workers. When a part fails, closes those that are open.
 *
 * Fails with `store-unwritable`, `disk-full`, `ffmpeg-missing`, `queue-unreachable`, `key-missing`; nothing was sent to the service then.
 */
export async function openWorkbench({
  config,
  account,
  model,
  store,
  notice,
  signal,
  offline = false,
  database,
  kinds,
  concurrency = {},
  onStep,
}: {
  config: Config;
  account: Account;
  /** The model of the book, for a simulator of one's own server. */
  model?: string;
  store: Store;
  notice: (message: string) => void;
  /** Ends the wait for another run on the same store, and soon those for a Redis that is away. */
  signal?: AbortSignal;
  /** No service: a step that calls it fails. Needs no key. Default: no. */
  offline?: boolean;
  /** Opens the embedded queue's database. Default: one is started. */
  database?: (() => Promise<EmbeddedDatabase>) | undefined;
  /** Kinds of step to work on; default all. */
  kinds?: readonly StepKind[] | undefined;
  /** Steps at once by kind; default: as the configuration says. */
  concurrency?: Partial<Record<StepKind, number>>;
  /** Called when a try of a step ends in this process. */
  onStep?: (report: StepReport) => void;
}): Promise<Workbench> {
  const undo: (() => Promise<unknown>)[] = [];
  let lock: StoreLock | undefined;
  const isOwn = account.profile !== undefined;
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    // All are closed, even when one fails: an open one would keep the process alive.
    for (const step of undo.splice(0).reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  };
  try {
    await store.proveWritable();
    const ffmpeg = await findFfmpeg({ explicitPath: config.ffmpegPath, pathEnv: config.pathEnv });
    const traces = await openTraces(config);
    if (traces !== undefined) undo.push(() => traces.close());
    const workerId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
    const queue = await openQueue({
      redisUrl: config.redisUrl,
      cacheDir: config.cacheDir,
      database,
      // Steps of one account must never reach workers with the key of another, least of all steps of a simulator.
      prefix: queuePrefix({ account, storeId: store.id, only: config.simulate ? workerId : undefined }),
      notice,
      stop: signal,
      telemetry: traces?.telemetry,
    });
    undo.push(() => queue.close());
    if (queue.kind === 'embedded') {
      const held = await store.lock({ onWait: (holder) => notice(storeInUse(holder, store)), signal });
      undo.push(() => held.release());
      lock = held;
    }
    const limits = await openLimits(queue, {
      account: account.id,
      ...(await modelLimits({ config, account, redis: queue.redis })),
      sessionsAtOnce: config.sessionsAtOnce,
    });
    undo.push(async () => limits.close());
    let recogniser: Recogniser | undefined;
    const openEngines = async (): Promise<Speech> => {
      if (isOwn) {
        const own = await openOwnSpeech({ config, account, model, ffmpeg, limits, notice });
        undo.push(() => own.close());
        recogniser = openRecogniser(config, own.hearing);
        return own.speech;
      }
      const service = await openService({ config, ffmpeg, notice });
      undo.push(() => service.close());
      const { callLimiter: limiter } = limits;
      recogniser = openRecogniser(config, { ...service, httpBaseUrl: service.inferenceHttpUrl, limiter });
      return openSpeech({
        service,
        limits,
        maxSessions: config.sessionsAtOnce,
        idleCloseMs: queue.kind === 'redis' ? SHARED_IDLE_CLOSE_MS : undefined,
        idleTimeoutMs: config.stallSeconds * 1_000,
      });
    };
    const { enrolment, sessions: speaker } = offline ? offlineSpeech() : await openEngines();
    const sessions = gateTokens(speaker, limits.tokenLimiter);
    undo.push(() => sessions.close());
    const ears = openEars({ threads: config.listeningThreads });
    undo.push(() => ears.close());
    const context: JobContext = {
      workerId,
      store,
      account: account.id,
      enrolment,
      sessions,
      ffmpeg,
      singleFlight: guardedFlight(limits.singleFlight, lock),
      // Voices of the simulator end with this process.
      habits: config.simulate ? createVoiceHabits() : openVoiceHabits(store),
      ears,
      samples: createSampleHabits({ store, ffmpeg, ears }),
      cast: createCast(),
      ...(recogniser && { recogniser }),
      retakes: createRetakeLimit(config.simulate ? {} : { counts: storedRetakeCounts(store) }),
      // The simulator of an earlier process ended with it: nothing of it is still being cloned.
      clones: createCloneWatch(config.simulate ? { waitMs: 0 } : {}),
      budgets: limits.budgets,
      spending: openSpendingLedger(store),
      freeVoicesAfterDays: config.freeVoicesAfterDays,
    };
    const { during, list } = openStepsUnderWay();
    const presence = (): WorkerPresence => ({
      worker: workerId,
      machine: hostname(),
      pid: process.pid,
      kinds: kinds ?? KINDS,
      sessions: config.sessionsAtOnce,
      steps: list(),
    });
    if (queue.redis !== undefined) {
      const announced = announcePresence(queue.redis, { prefix: queue.prefix, describe: presence });
      undo.push(() => announced.close());
    }
    const workers = await startWorkers(queue, {
      processors: {
        enroll: (step, attempt) => during(step, () => enroll(step, attempt, context)),
        synthesize: (step, attempt) => during(step, () => synthesize(step, attempt, context)),
        master: (step, attempt) => during(step, () => master(step, attempt, context)),
        bind: (step, attempt) => during(step, () => bind(step, attempt, context)),
      },
      concurrency: {
        // A take that is stored or heard holds no session, so a few more lines are at hand than there are sessions.
        synthesize: Math.ceil(config.sessionsAtOnce * (recogniser === undefined ? 1.25 : 1.5)),
        master: config.mastersAtOnce,
        ...concurrency,
      },
      ...(kinds !== undefined && { kinds }),
      ...(onStep !== undefined && { onStep }),
    });
    undo.push(() => workers.close({ graceMs: 0 }));
    return {
      queue,
      workerId,
      lost: lock?.lost,
      presence,
      limitUse: () => limits.use(),
      budgets: limits.budgets,
      calls: () => {
        const { enroll, list } = enrolment.counts();
        return { enroll, list, synthesize: sessions.stats().commits };
      },
      stats: () => ({
        calls: { ...enrolment.counts(), synthesize: sessions.stats().commits },
        sessions: sessions.stats(),
      }),
      stopWorkers: (options) => workers.close(options),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}
