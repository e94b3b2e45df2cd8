/** The holder of a lock, a claim or a lease, as it names itself there. */
import { randomUUID } from 'node:crypto';
import { type ProcessIdentity, THIS_PROCESS } from './process-identity.ts';

/** One hold of one process. Written into locks: field names stay. */
export interface Holder extends ProcessIdentity {
  /** Identifies this hold among all others. */
  token: string;
  /**
   * The host name with this process's own mark. Earlier versions take a holder with their own host name for a process of
   * theirs, and its ID for one of their own namespace; with the mark they judge it by its heartbeats.
   */
  host: string;
  /** The host name, for people; missing in holds of earlier versions. */
  machine?: string | undefined;
  /** Heartbeats so far: each makes another content. */
  beat?: number | undefined;
  /** How long it had held at its last heartbeat, in seconds, by its own clock. */
  heldSeconds?: number | undefined;
  /**
   * Its promise, in milliseconds: it gives up before it has written no heartbeat for this long. Missing in holds of earlier
   * versions, which promise a minute.
   */
  deadAfterMs?: number | undefined;
}

/** This process as it introduces itself to earlier versions. */
const MARKED_HOST = `${THIS_PROCESS.machine}#${randomUUID().slice(0, 8)}`;

/** A new hold of this process, which promises a heartbeat within `staleMs` (default: nothing, as earlier versions). */
export function newHolder({ staleMs: deadAfterMs }: { staleMs?: number } = {}): Holder {
  const promise = deadAfterMs !== undefined && { deadAfterMs };
  return { token: randomUUID(), host: MARKED_HOST, ...THIS_PROCESS, beat: 0, heldSeconds: 0, ...promise };
}

/** The holder in a text; undefined for a text without one. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { token, host, pid, ...more } = value as Partial<Record<keyof Holder, unknown>>;
    if (typeof token !== 'string' || typeof host !== 'string' || typeof pid !== 'number') return undefined;
    const string = (name: 'machine' | 'boot' | 'namespaces' | 'started') =>
      typeof more[name] === 'string' ? { [name]: more[name] } : {};
    const number = (name: 'beat' | 'heldSeconds' | 'deadAfterMs') =>
      typeof more[name] === 'number' ? { [name]: more[name] } : {};
    return {
      ...{ token, host, pid },
      ...string('machine'),
      ...string('boot'),
      ...string('namespaces'),
      ...string('started'),
      ...number('beat'),
      ...number('heldSeconds'),
      ...number('deadAfterMs'),
    };
  } catch {
    return undefined;
  }
}
