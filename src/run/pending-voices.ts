/** Tells that voices may still be cloned: nobody should think that the run hangs. */
import type { FailureCode, PipelineEvent } from '../events.ts';

/** Least time between two notices of one job, in milliseconds. */
const NOTICE_MS = 20_000;

/** Takes the note of each retry; emits the first one of each job that waits for a voice, and one now and then. */
export function pendingVoices(
  emit: (event: PipelineEvent) => void,
): (note: { code: FailureCode; message: string; jobId: string }) => void {
  const lastMs = new Map<string, number>();
  return ({ code, message, jobId }) => {
    if (code !== 'voice-pending') return;
    if (performance.now() - (lastMs.get(jobId) ?? Number.NEGATIVE_INFINITY) < NOTICE_MS) return;
    lastMs.set(jobId, performance.now());
    emit({ type: 'notice', level: 'info', message });
  };
}
