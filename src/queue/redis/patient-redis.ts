/**
 * A client for which an error reply that passes by itself is an outage like silence: the command waits and is sent
 * again, as commands wait for a lost connection. So no caller, ours or BullMQ's, sees a read-only replica, a full memory
 * or a server that loads its data; every wait has the bounds that it has for an unreachable Redis.
 */
import type { ChainableCommander, Command, Redis } from 'ioredis';
import { isBrokenOff, isRefusal, mayHaveMoved, reasonOf } from '../limits/refusals-redis.ts';
import { openWaitingLine, type WaitingLine } from '../limits/waiting-line.ts';

/** What to tell the operator. */
export interface RefusalListener {
  /** Redis answers, but refuses commands, for this reason. */
  onRefused(reason: string): void;
  /** It accepts them again. */
  onAccepted(): void;
}

/** Commands that open or close a connection, and those that a server which refuses others answers. */
const NEVER_WAIT: ReadonlySet<string> = new Set(['auth', 'hello', 'select', 'client', 'info', 'readonly', 'quit']);
const CLOSED = 'Connection is closed.';

/** A patient client. */
export interface PatientRedis {
  /** Whether commands wait because Redis refuses them. */
  isRefusing(): boolean;
  /** Closes the client and every client that was duplicated from it at once; everything that waits rejects. */
  disconnect(): void;
}

/**
 * Makes the client patient, and every client that is duplicated from it. Call it when the server has been found suitable:
 * until then an error must be reported, not waited for.
 */
export function makePatient(redis: Redis, listener?: RefusalListener): PatientRedis {
  const send = redis.sendCommand.bind(redis);
  const [multi, pipeline, duplicate] = [redis.multi, redis.pipeline, redis.duplicate].map((method) =>
    (method as (...args: unknown[]) => unknown).bind(redis),
  );
  const openLine = (): WaitingLine =>
    openWaitingLine({
      passes: (error): error is Error => isRefusal(error) || isBrokenOff(error),
      onWait: (error) => listener?.onRefused(reasonOf(error)),
      onGo: () => listener?.onAccepted(),
      beforeRetry: (error) => {
        if (mayHaveMoved(error) && redis.status === 'ready') redis.disconnect(true);
      },
    });
  let line = openLine();
  let isOver = false;
  let isClosed = false;
  redis.on('end', () => {
    isOver = true;
    line.end(new Error(CLOSED));
  });
  // BullMQ ends a client whose blocking command waits too long, as for a Redis that refuses it, and connects it again.
  redis.on('connecting', () => {
    if (!isOver || isClosed) return;
    isOver = false;
    line = openLine();
  });

  const copies = new Set<PatientRedis>();
  const seen = new WeakSet<Command>();
  const sendPatiently: Redis['sendCommand'] = (command, stream) => {
    // Commands of a transaction are tried again together; the client itself sends a command again after a reconnect.
    if (stream !== undefined || seen.has(command) || NEVER_WAIT.has(command.name)) return send(command, stream);
    seen.add(command);
    const { resolve, reject } = command;
    const attempt = () =>
      new Promise<void>((done, failed) => {
        command.resolve = (value) => {
          done();
          return resolve(value);
        };
        // Its caller learns nothing of a refusal.
        command.reject = failed;
        send(command);
      });
    line.run(attempt).catch((error: unknown) => reject(error as Error));
    return command.promise;
  };
  const startBatch =
    (start: typeof multi) =>
    (...given: unknown[]): unknown =>
      given.length > 0
        ? start?.(...given)
        : recordBatch(
            () => start?.() as Batch,
            (attempt) => line.run(attempt),
          );
  const [connect, disconnect] = [redis.connect.bind(redis), redis.disconnect.bind(redis)];
  Object.assign(redis, {
    sendCommand: sendPatiently,
    // A run opens a copy for its next phase, and Redis may be away just then.
    connect: () =>
      connect().catch((error: unknown) => {
        if (isClosed || redis.status === 'end') throw error;
        return untilReady(redis);
      }),
    // One that waits before it connects again would be left without an end.
    disconnect: (reconnect?: boolean) => {
      const isAway = redis.status === 'reconnecting' && !reconnect;
      disconnect(reconnect);
      if (!isAway) return;
      redis.status = 'end';
      redis.emit('end');
    },
    multi: startBatch(multi),
    pipeline: startBatch(pipeline),
    duplicate: (...given: unknown[]) => {
      const copy = duplicate?.(...given) as Redis;
      const patient = makePatient(copy);
      copies.add(patient);
      copy.on('end', () => copies.delete(patient)).on('connecting', () => copies.add(patient));
      return copy;
    },
  });
  return {
    isRefusing: () => line.isWaiting,
    disconnect: () => {
      isClosed = true;
      for (const copy of copies) copy.disconnect();
      if (redis.status !== 'end') redis.disconnect();
    },
  };
}

/** Waits for a client that connects again by itself. Rejects when it is closed. */
function untilReady(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      redis.off('ready', settle).off('end', settle);
      if (redis.status === 'ready') resolve();
      else reject(new Error(CLOSED));
    };
    redis.on('ready', settle).on('end', settle);
  });
}

type Batch = ChainableCommander & Record<PropertyKey, unknown>;
type Call = [method: PropertyKey, args: unknown[]];

/** A batch (`multi` or `pipeline`) that notes its commands, so that it can be sent again as a whole. */
function recordBatch(start: () => Batch, run: <T>(attempt: () => Promise<T>) => Promise<T>): ChainableCommander {
  const calls: Call[] = [];
  const added = new Map<PropertyKey, unknown>();
  const first = start();
  let unused: Batch | undefined = first;
  const attempt = async () => {
    const batch = unused ?? replay(start(), calls);
    unused = undefined;
    const results = await batch.exec();
    const failure = results?.map(([error]) => error).find((error) => isRefusal(error) || isBrokenOff(error));
    if (failure) throw failure;
    return results;
  };
  const recorder: ChainableCommander = new Proxy(first, {
    get(target, name) {
      if (name === 'exec') return () => run(attempt);
      // What BullMQ adds to a batch calls the methods below.
      if (added.has(name)) return added.get(name);
      const value = target[name];
      if (typeof value !== 'function' || typeof name === 'symbol' || name in Object.prototype) return value;
      return (...args: unknown[]) => {
        calls.push([name, [...args]]);
        (value as (...args: unknown[]) => unknown).apply(target, args);
        return recorder;
      };
    },
    set(_target, name, value) {
      added.set(name, value);
      return true;
    },
  });
  return recorder;
}

function replay(batch: Batch, calls: readonly Call[]): Batch {
  for (const [method, args] of calls) (batch[method as string] as (...args: unknown[]) => unknown)(...args);
  return batch;
}
