/** The counters of the inference protocol; `inference` in `GET /simulator/metrics`. */
import { slidingWindow } from '../sliding-window.ts';
import type { Billed } from './usage.ts';

/** Counters since the start or the last reset. Calls are counted as they arrive, including throttled ones. */
export interface InferenceMetrics {
  connections: { accepted: number; maxAtOnce: number };
  tasks: {
    /** Every run-task. */
    run: number;
    finished: number;
    failed: number;
    canceled: number;
    throttled: number;
    /** Most tasks of all models in any second and minute, including throttled ones. */
    maxInAnySecond: number;
    maxInAnyMinute: number;
  };
  /** By the models' own counting: characters of some, tokens of the others. */
  billed: { characters: number; inputTokens: number; outputTokens: number };
  enroll: {
    calls: number;
    throttled: number;
    maxInAnySecond: number;
    created: number;
    listed: number;
    queried: number;
    updated: number;
    deleted: number;
  };
  /** Catalog requests. */
  catalog: { models: number; limits: number };
  /** Voices of the account now. */
  voices: number;
}

/** Updates the counters. */
export type InferenceCounters = ReturnType<typeof createInferenceCounters>;

/** Counters at zero. */
export function createInferenceCounters() {
  const connections = { accepted: 0, maxAtOnce: 0 };
  const tasks = { run: 0, finished: 0, failed: 0, canceled: 0, throttled: 0 };
  const billed = { characters: 0, inputTokens: 0, outputTokens: 0 };
  const enroll = { calls: 0, throttled: 0, created: 0, listed: 0, queried: 0, updated: 0, deleted: 0 };
  const catalog = { models: 0, limits: 0 };
  const arrived = { second: slidingWindow(1000), minute: slidingWindow(60_000) };
  const enrollArrived = slidingWindow(1000);
  const enrollPassed = slidingWindow(1000);
  const passed = new Map<string, { second: ReturnType<typeof slidingWindow>; minute: typeof enrollPassed }>();
  let open = 0;

  return {
    tasks,
    enroll,
    catalog,
    /** Connections that are open now. */
    openConnections: () => open,
    /** A connection was accepted; call the returned function once when it has ended. */
    connected(): () => void {
      connections.accepted++;
      open++;
      connections.maxAtOnce = Math.max(connections.maxAtOnce, open);
      return () => {
        open--;
      };
    },
    /** Counts a run-task. */
    taskRun(atMs = performance.now()) {
      tasks.run++;
      arrived.second.add(atMs);
      arrived.minute.add(atMs);
    },
    /** Counts a call toward the limits of `key`, a model or the handshake; false when it is over one of them. */
    call(key: string, limits: { perSecond: number; perMinute: number }, atMs = performance.now()): boolean {
      const windows = passed.get(key) ?? { second: slidingWindow(1000), minute: slidingWindow(60_000) };
      passed.set(key, windows);
      if (windows.second.count(atMs) >= limits.perSecond || windows.minute.count(atMs) >= limits.perMinute)
        return false;
      windows.second.add(atMs);
      windows.minute.add(atMs);
      return true;
    },
    /** Counts an enrolment call; false when it is over the limit. */
    enrollCall(limitPerSecond: number, atMs = performance.now()): boolean {
      enroll.calls++;
      enrollArrived.add(atMs);
      if (enrollPassed.count(atMs) >= limitPerSecond) {
        enroll.throttled++;
        return false;
      }
      enrollPassed.add(atMs);
      return true;
    },
    /** Adds what a model bills for. */
    bill(kind: 'characters' | 'tokens', more: Billed) {
      if (kind === 'characters') billed.characters += more.characters;
      else {
        billed.inputTokens += more.inputTokens;
        billed.outputTokens += more.outputTokens;
      }
    },
    /** The counters now. */
    snapshot: (voices: number): InferenceMetrics => ({
      connections: { ...connections },
      tasks: { ...tasks, maxInAnySecond: arrived.second.most(), maxInAnyMinute: arrived.minute.most() },
      billed: { ...billed },
      enroll: { ...enroll, maxInAnySecond: enrollArrived.most() },
      catalog: { ...catalog },
      voices,
    }),
  };
}
