/** How fast an account usually speaks with a model, from its last run of sufficient length: for time estimates. */
import { createHash } from 'node:crypto';
import type { Pace } from '../plan/report.ts';
import type { Store } from './store.ts';

/** The usual pace; undefined before the first run of sufficient length. */
export async function findPace(store: Store, of: { account: string; model: string }): Promise<Pace | undefined> {
  const record = await store.readRecord('pace', paceKey(of));
  if (typeof record !== 'object' || record === null) return undefined;
  const { timesRealtime, sessions, lengthFactor, segments, callsPerSegment } = record as Partial<
    Record<keyof Pace, unknown>
  >;
  if (!isPositive(timesRealtime) || !isPositive(sessions) || !isPositive(lengthFactor)) return undefined;
  return {
    ...{ timesRealtime, sessions, lengthFactor },
    ...(isPositive(segments) && { segments }),
    ...(isPositive(callsPerSegment) && { callsPerSegment }),
  };
}

/** Stores the pace of a run. */
export async function putPace(store: Store, of: { account: string; model: string }, pace: Pace): Promise<void> {
  await store.writeRecord('pace', paceKey(of), { ...of, ...pace });
}

function paceKey({ account, model }: { account: string; model: string }): string {
  return createHash('sha256').update(`${account}\n${model}`).digest('hex');
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
