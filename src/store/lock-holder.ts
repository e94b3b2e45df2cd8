/** Who holds a store, as its lock says. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PipelineError, systemCode } from '../errors.ts';

/** One process on one machine. */
export interface Holder {
  /** Tells this holding from every other one. */
  token: string;
  host: string;
  pid: number;
}

/** This process, about to hold a store. */
export function thisHolder(): Holder {
  return { token: randomUUID(), host: hostname(), pid: process.pid };
}

/** The holder that a lock's text names; undefined for a text that names none. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const holder: unknown = JSON.parse(text);
    if (typeof holder !== 'object' || holder === null) return undefined;
    const { token, host, pid } = holder as Partial<Record<keyof Holder, unknown>>;
    if (typeof token !== 'string' || typeof host !== 'string' || typeof pid !== 'number') return undefined;
    return { token, host, pid };
  } catch {
    return undefined;
  }
}

/** Whether the holder is or was a process of this machine, so that we can look whether it lives. */
export function isLocal({ host }: Holder): boolean {
  return host === hostname();
}

/** Whether a process of this machine lives; a sleeping one does. */
export function isRunning({ pid }: Holder): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) === 'EPERM';
  }
}

/** Why work on a store ends when somebody else took it over. */
export function storeTakenOver(location: string): PipelineError {
  return new PipelineError({
    code: 'interrupted',
    message: `Another run took over the store ${location}, because this one was asleep or cut off from it for too long. What was made is kept; run again to go on.`,
    retry: 'never',
  });
}
