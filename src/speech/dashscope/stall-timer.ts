/** Notices that the service sends nothing although a response is due. */
import type { PipelineError } from '../../errors.ts';
import { type PatientTimer, patientTimer } from '../../signals.ts';
import { SilentEnd } from './model-watch.ts';

/** The service sent nothing although a response was due. A new session may help. */
export class ServiceStalled extends SilentEnd {
  constructor(timeoutMs: number) {
    const message = `The service sent nothing for ${timeoutMs / 1_000} s although a response was due.`;
    super(message, { stalled: true });
  }
}

/** Makes the timer of one session, which runs while a response is due and nothing else is being done. */
export function stallTimer(timeoutMs: number, onStall: (failure: PipelineError) => void): PatientTimer {
  return patientTimer(timeoutMs, () => onStall(new ServiceStalled(timeoutMs)));
}
