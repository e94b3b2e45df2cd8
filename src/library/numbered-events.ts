/** Events as they leave the program: each with its number, its time and the run that it is of. */
import { randomUUID } from 'node:crypto';
import type { Emit, PipelineEvent } from '../events.ts';

/** What every event of a run has besides its own fields. */
export interface EventStamp {
  /** ID of the run. */
  run: string;
  /** From 1, without gaps. */
  sequence: number;
  /** When it happened, in UTC: `2026-11-29T12:00:00.000Z`. */
  at: string;
}

/** An event with its stamp. */
export type NumberedEvent = PipelineEvent & EventStamp;

/** Stamps the events of one run. */
export function numberEvents(emit: (event: NumberedEvent) => void): Emit {
  const run = randomUUID();
  let sequence = 0;
  return (event) => emit({ ...event, run, sequence: ++sequence, at: new Date().toISOString() });
}
