/**
 * The queue's storage, chosen by one setting: a Redis URL for many machines, otherwise an embedded database in this
 * process. All code above this file is the same for both.
 */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  FlowProducer,
  type IQueueBackend,
  Queue,
} from 'bullmq';
import type { Redis } from 'ioredis';
import { PipelineError, systemCode } from '../../errors.ts';
import type { Step, StepKind, StepResult } from '../../plan/step.ts';
import { after } from '../closing.ts';
import type { EmbeddedDatabase } from '../embedded/embedded.ts';
import type { Telemetry } from '../telemetry.ts';
import { TOPOLOGY } from '../topology.ts';
import type { PatientRedis } from './patient-redis.ts';

/** An open queue. */
export interface QueueConnection {
  readonly kind: 'redis' | 'embedded';
  /** Where the jobs are, for messages; a password is masked. */
  readonly describe: string;
  /** Prefix of all names in Redis; different prefixes are separate queues. The embedded queue is always separate. */
  readonly prefix: string;
  /** First option of every BullMQ object of this queue. The backend below has the real connection. */
  readonly options: { connection: 'redis' | 'embedded'; prefix: string; telemetry?: Telemetry };
  /** Last argument of every BullMQ object of this queue. */
  readonly backend: BackendFactory<IQueueBackend, 'redis' | 'embedded'>;
  /** The shared client, for our own data in Redis (src/queue/limits/limits.ts); undefined when embedded. */
  readonly redis: Redis | undefined;
  /** The queue of a kind; opened at the first call and closed by `close`. */
  queue(kind: StepKind): StepQueue;
  /** The producer of job trees; opened at the first call and closed by `close`. */
  flows(): FlowProducer<IQueueBackend, 'redis' | 'embedded'>;
  /** Reports background errors, except those that recover by themselves. For the `error` event of BullMQ's objects. */
  report(error: Error): void;
  /**
   * Closes everything that this connection opened, in reverse order. Close workers, followers and limits before. May be
   * called twice.
   */
  close(): Promise<void>;
}

/** A BullMQ queue whose data is a step and whose return value is the step's result. */
export type StepQueue = Queue<Step, StepResult, string, Step, StepResult, string, IQueueBackend, 'redis' | 'embedded'>;

/** Options of `openQueue`. */
export interface QueueOptions {
  /** `redis://…`, `rediss://…` or the path of a socket; undefined for the embedded queue. */
  redisUrl?: string | undefined;
  /** A folder of ours that outlives the run, for the embedded queue's empty database (14 MB). */
  cacheDir: string;
  /** Opens the embedded database. Default: one is started. */
  database?: (() => Promise<EmbeddedDatabase>) | undefined;
  /** Default `pipeline`. */
  prefix?: string | undefined;
  /** Called with messages for a person: a slow first start, a lost or restored Redis, a dangerous setting. */
  notice?: ((message: string) => void) | undefined;
  /** Where traces go; undefined for none. */
  telemetry?: Telemetry | undefined;
  /** Once it aborts, nothing waits longer than 10 s for a Redis that is away: its connections are closed then. */
  stop?: AbortSignal | undefined;
}

/**
 * Opens the queue.
 *
 * Throws `queue-unreachable` within about five seconds when Redis is unreachable, refuses the connection or is too old,
 * or when the queue has steps of another version of the program; the message says what to do. A connection that is lost
 * later is restored automatically; waiting jobs keep waiting.
 */
export async function openQueue({
  redisUrl,
  cacheDir,
  database: openDatabase,
  prefix = 'pipeline',
  notice,
  telemetry,
  stop,
}: QueueOptions): Promise<QueueConnection> {
  if (redisUrl === undefined || redisUrl === '') {
    // Each backend loads only its own driver, which saves a tenth of a second at every start.
    const { openEmbedded } = await import('../embedded/embedded.ts');
    const database = await (openDatabase ?? (() => openEmbedded({ cacheDir, notice })))();
    return connect({
      kind: 'embedded',
      describe: 'embedded queue in this process',
      prefix,
      redis: undefined,
      backend: (name, options, extra) => createPostgresBackend(name, { ...options, connection: database.pool }, extra),
      closeStorage: () => database.close(),
      isLost: () => false,
      notice,
      telemetry,
    });
  }
  const [{ describeRedis, openRedis, unreachable }, { makePatient }, { stopWaiting }] = await Promise.all([
    import('./redis.ts'),
    import('./patient-redis.ts'),
    import('../stop-waiting.ts'),
  ]);
  const describe = describeRedis(redisUrl);
  const redis = await openRedis({ url: redisUrl, notice });
  try {
    const { checkQueueFormat } = await import('../queue-format.ts');
    await checkQueueFormat(redis, { prefix, place: describe });
  } catch (error) {
    redis.disconnect();
    throw error instanceof PipelineError ? error : unreachable(describe, error);
  }
  const patient = makePatient(redis, {
    onRefused: (reason) =>
      notice?.(
        `Redis at ${describe} refuses commands (${firstSentence(reason)}). Work continues when it accepts them again.`,
      ),
    onAccepted: () => notice?.(`Redis at ${describe} accepts commands again.`),
  });
  const { isRefusing } = patient;
  watchRedis(redis, { describe, isRefusing, notice });
  const forgetStop =
    stop === undefined ? undefined : stopWaiting(stop, { ping: () => redis.ping(), disconnect: patient.disconnect });
  return connect({
    kind: 'redis',
    describe,
    prefix,
    redis,
    backend: (name, options, extra) => createRedisBackend(name, { ...options, connection: redis }, extra),
    closeStorage: () => closeRedis(redis, patient).finally(forgetStop),
    isLost: () => redis.status !== 'ready' || isRefusing(),
    notice,
    telemetry,
  });
}

/** What Redis says, without what follows: the place in a script. */
function firstSentence(message: string): string {
  return message.split(/\. |\.$/, 1)[0] ?? message;
}

/** How long the same error is not told again, in milliseconds. */
const REPEAT_MS = 60_000;
/** So many words tell whether two errors are the same: what follows names commands and scripts. */
const WORDS_OF_A_KIND = 6;
const MOST_KINDS = 100;

interface Storage {
  kind: 'redis' | 'embedded';
  describe: string;
  prefix: string;
  redis: Redis | undefined;
  backend: BackendFactory<IQueueBackend, 'redis' | 'embedded'>;
  closeStorage(): Promise<void>;
  isLost(): boolean;
  notice: ((message: string) => void) | undefined;
  telemetry: Telemetry | undefined;
}

function connect(storage: Storage): QueueConnection {
  const { kind, describe, prefix, redis, backend, closeStorage, isLost, notice, telemetry } = storage;
  const options = { connection: kind, prefix, ...(telemetry !== undefined && { telemetry }) };
  const queues = new Map<StepKind, StepQueue>();
  const closers: (() => Promise<unknown>)[] = [closeStorage];
  let flowProducer: FlowProducer<IQueueBackend, 'redis' | 'embedded'> | undefined;
  let closed: Promise<void> | undefined;

  const told = new Map<string, number>();
  const report = (error: Error): void => {
    // While Redis is unavailable every object reports it repeatedly; `watchRedis` has reported it once.
    if (isLost() || closed !== undefined || TRANSIENT.test(`${systemCode(error)} ${error.message}`)) return;
    // BullMQ repeats a command that fails for a reason unknown to us without a pause, in each of its objects.
    const kindOfError = error.message.split(/[\s:]+/, WORDS_OF_A_KIND).join(' ');
    if (performance.now() - (told.get(kindOfError) ?? Number.NEGATIVE_INFINITY) < REPEAT_MS) return;
    if (told.size >= MOST_KINDS) told.clear();
    told.set(kindOfError, performance.now());
    notice?.(`Queue: ${error.message}`);
  };

  return {
    kind,
    describe,
    prefix,
    options,
    backend,
    redis,
    report,
    queue: (kindOfStep) => {
      let queue = queues.get(kindOfStep);
      if (queue === undefined) {
        const opened: StepQueue = new Queue(TOPOLOGY[kindOfStep].name, options, backend);
        opened.on('error', report);
        closers.push(() => opened.close());
        queues.set(kindOfStep, opened);
        queue = opened;
      }
      return queue;
    },
    flows: () => {
      if (flowProducer === undefined) {
        const opened = new FlowProducer(options, backend);
        opened.on('error', report);
        closers.push(() => opened.close());
        flowProducer = opened;
      }
      return flowProducer;
    },
    close: () => {
      closed ??= (async () => {
        // An object of BullMQ's cannot be closed while Redis is away; the storage, which is last, cuts it off.
        for (const step of closers.reverse()) await closedOrLost(step(), isLost);
      })();
      return closed;
    },
  };
}

/** How long closing one object may take while Redis is away, in milliseconds. */
const CLOSE_LIMIT_MS = 1_000;

/** Waits for `closing`; no longer than a second if the storage is away then. */
async function closedOrLost(closing: Promise<unknown>, isLost: () => boolean): Promise<void> {
  const limit = after(CLOSE_LIMIT_MS);
  const lost = limit.passed.then(() => (isLost() ? undefined : closing));
  try {
    await Promise.race([closing, lost]);
  } finally {
    limit.cancel();
  }
}

/**
 * A broken connection, which `watchRedis` reports, and its consequences: a job whose result was lost is run by another
 * worker, and jobs that were lost with the whole queue are submitted again by their run.
 */
const TRANSIENT =
  /^(ECONN|EPIPE|ENOENT|ETIMEDOUT|EHOST)|Connection is closed|Missing lock|Lock mismatch|Missing key for job|could not renew lock|LOADING/;

/** Reports a lost and a restored connection, once each. */
function watchRedis(
  redis: Redis,
  of: { describe: string; isRefusing: () => boolean; notice: ((message: string) => void) | undefined },
): void {
  const { describe, isRefusing, notice } = of;
  let lost = false;
  redis.on('close', () => {
    // While it refuses commands we connect again by ourselves.
    if (lost || redis.status === 'end' || isRefusing()) return;
    lost = true;
    notice?.(`The connection to Redis at ${describe} is lost. Work continues when it is restored.`);
  });
  redis.on('ready', () => {
    if (lost) notice?.(`The connection to Redis at ${describe} is restored.`);
    lost = false;
  });
}

/** Waits for commands in progress, but not for an unavailable server. */
async function closeRedis(redis: Redis, patient: PatientRedis): Promise<void> {
  redis.removeAllListeners('close');
  if (redis.status !== 'ready' || patient.isRefusing()) {
    patient.disconnect();
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 1_000);
  });
  await Promise.race([redis.quit().catch(() => {}), late]);
  clearTimeout(timer);
  patient.disconnect();
}
