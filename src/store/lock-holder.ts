/** The holder of a store, as its lock names it. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { PipelineError, systemCode } from '../errors.ts';

/** One process on one machine. */
export interface Holder {
  /** Identifies this lock among all others. */
  token: string;
  host: string;
  pid: number;
}

/** This process, as the future holder of a store. */
export function thisHolder(): Holder {
  return { token: randomUUID(), host: hostname(), pid: process.pid };
}

/** The holder in a lock's text; undefined for a text without one. */
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

/** Whether the holder is a process of this machine, so that we can check whether it is alive. */
export function isLocal({ host }: Holder): boolean {
  return host === hostname();
}

/** Whether a process of this machine is alive; a suspended one is. */
export function isRunning({ pid }: Holder): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return systemCode(error) === 'EPERM';
  }
}

/** The error for work on a store that another process has taken over. */
export function storeTakenOver(location: string): PipelineError {
  return new PipelineError({
    code: 'interrupted',
    message: `Another run took over the store ${location}, because this run was asleep or cut off from it for too long. Everything made so far is kept. Run again to continue.`,
    retry: 'never',
  });
}
