/** `pipeline worker`: does the work that runs on other machines put into the shared queue. */

import { httpToken } from '../../composition/http-token.ts';
import { openNoteSender } from '../../composition/note-sender.ts';
import { openConfiguredStore } from '../../composition/open-store.ts';
import { serviceOfProcess } from '../../composition/own-server.ts';
import { openWorkbench, type Workbench } from '../../composition/workbench.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { PipelineError } from '../../errors.ts';
import type { Metrics } from '../../observe/metrics.ts';
import { serveWorkerStatus } from '../../observe/server.ts';
import { stepLine, withText } from '../../observe/step-log.ts';
import type { StepKind } from '../../plan/step.ts';
import { queueCounts } from '../../queue/control.ts';
import type { Store } from '../../store/store.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { openTerminal } from '../screen/terminal.ts';
import { openConductor } from './conductor.ts';
import { type LogFormat, openLog } from './log.ts';

/** Time for steps in progress to finish when the worker stops, in milliseconds; then other workers get them. */
const GRACE_MS = 20_000;

/** Flags of `worker`. */
export interface WorkerFlags extends Flags {
  /** Kinds of step to work on, and `deliver` to run submitted books; undefined: all. */
  only?: (StepKind | 'deliver')[];
  /** Steps at once by kind. */
  concurrency?: Partial<Record<StepKind, number>>;
  /** Undefined: text on a terminal, JSON otherwise. */
  logFormat?: LogFormat;
  /** The same as `logFormat: 'json'`, which counts more. */
  json?: boolean;
  /** Serve /metrics, /healthz and /readyz; 0 chooses a free port. */
  httpPort?: number;
  httpHost?: string;
}

/** Runs until Ctrl-C or SIGTERM; then ends with 0. */
export async function workerCommand(flags: WorkerFlags): Promise<number> {
  const terminal = openTerminal();
  const given = readConfig(flags);
  if (given.redisUrl === undefined) {
    throw new PipelineError({
      code: 'queue-unreachable',
      message:
        'A worker needs a shared queue. Set REDIS_URL to the same URL as on the machine that runs the books. ' +
        'On a single machine, `pipeline run` needs no worker.',
      retry: 'never',
    });
  }
  const host = flags.httpHost ?? '127.0.0.1';
  const token = flags.httpPort === undefined ? undefined : httpToken({ host, flag: '--http-host' });
  const log = await openLog({
    format: flags.logFormat ?? (terminal.isLive && !flags.json ? 'text' : 'json'),
    level: given.logLevel,
    terminal,
  });
  const say = (message: string): void => log.write({ level: 'info', message, fields: {} });
  const { account, config } = await serviceOfProcess(given, { sends: true });
  let work: Workbench | undefined;
  const metrics = flags.httpPort === undefined ? undefined : await openMetrics(() => work);
  const close: (() => Promise<unknown>)[] = [];
  const interrupt = onInterrupt(() =>
    say('Stopping: steps in progress have 20 s to finish, then other workers get them.'),
  );
  try {
    const { signal: stop } = interrupt;
    const store = await openConfiguredStore(config, { observe: metrics?.onStore, notice: say, stop });
    const notes = await openNoteSender({
      config,
      notice: (message) => log.write({ level: 'warn', message, fields: {} }),
    });
    if (notes !== undefined) close.push(() => notes.close());
    const opened = await openWorkbench({
      config,
      account,
      store,
      signal: interrupt.signal,
      notice: (message) => log.write({ level: 'warn', message, fields: {} }),
      kinds: flags.only?.filter((duty) => duty !== 'deliver'),
      concurrency: flags.concurrency ?? {},
      onStep: (report) => {
        metrics?.onStep(report);
        log.write(log.withText ? withText(stepLine(report), report) : stepLine(report));
      },
    });
    work = opened;
    close.unshift(() => opened.close());
    const conductor =
      flags.only === undefined || flags.only.includes('deliver')
        ? openConductor({
            config,
            account,
            store,
            work: opened,
            stop,
            log: (line) => log.write(line),
            tell: notes?.tell,
          })
        : undefined;
    if (conductor !== undefined) close.unshift(() => conductor.close());
    if (metrics !== undefined) {
      const server = await serveWorkerStatus(
        {
          metrics: () => metrics.text(),
          metricsType: metrics.contentType,
          missing: () => missing(opened, store, interrupt.signal),
        },
        { host, port: flags.httpPort ?? 0, token },
      );
      close.unshift(() => server.close());
      say(`Metrics and health at ${server.url}`);
    }
    say(
      `Worker ${opened.workerId} is ready: queue ${opened.queue.describe}, store ${store.location}, ` +
        `${config.sessionsAtOnce} sessions${flags.only === undefined ? '' : `, only ${flags.only.join(', ')}`}.`,
    );
    await aborted(interrupt.signal);
    await Promise.all([conductor?.close(), opened.stopWorkers({ graceMs: GRACE_MS })]);
  } finally {
    for (const step of close) await step();
    interrupt.release();
  }
  return EXIT.ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** The metrics of this process; those of parts that are not open yet are zero. */
async function openMetrics(work: () => Workbench | undefined): Promise<Metrics> {
  const { createMetrics } = await import('../../observe/metrics.ts');
  return createMetrics({
    queue: async () => {
      const queue = work()?.queue;
      if (queue?.redis?.status !== 'ready') throw new Error('the queue is unreachable');
      return queueCounts(queue);
    },
    calls: () => work()?.stats().calls ?? { enroll: 0, list: 0, delete: 0, synthesize: 0 },
    sessions: () => work()?.stats().sessions ?? { open: 0, busy: 0, opened: 0, throttled: 0 },
  });
}

/** Longest wait for an answer of the store, in milliseconds. */
const STORE_PATIENCE_MS = 2_000;

/** What this worker lacks to work now; empty when it is ready. */
async function missing({ queue }: Workbench, store: Store, stopping: AbortSignal): Promise<string[]> {
  if (stopping.aborted) return ['stopping'];
  const found: string[] = [];
  if (queue.redis?.status !== 'ready') found.push('queue');
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), STORE_PATIENCE_MS);
  });
  try {
    await Promise.race([proveWritable(store), late]);
  } catch {
    found.push('store');
  } finally {
    clearTimeout(timer);
  }
  return found;
}

/** Writes and discards a blob, and reads from the store: fails for a full or read-only disk and a lost share or server. */
async function proveWritable(store: Store): Promise<void> {
  const probe = await store.createBlob();
  try {
    await probe.write(Buffer.from('ready?'));
    await store.blobSize('0'.repeat(64));
  } finally {
    await probe.discard();
  }
}
