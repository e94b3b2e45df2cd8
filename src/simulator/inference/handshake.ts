/** The handshake of the inference protocol: its limits, and the faults that both protocols share. */
import { setTimeout } from 'node:timers/promises';
import { Refusal, throttled } from '../refusal.ts';
import type { InferenceContext } from './context.ts';

/** Throws a Refusal when the handshake is refused. */
export async function passInferenceHandshake(context: InferenceContext, signal: AbortSignal): Promise<void> {
  const { counters, speech } = context;
  const { tasksPerSecond, tasksPerMinute, throttleForm, connectionsAtOnce } = speech.settings.inference;
  const fault = speech.faults.strike({ place: 'handshake' });
  const isOverLimit =
    throttleForm === 'handshake' &&
    !counters.call('handshake', { perSecond: tasksPerSecond, perMinute: tasksPerMinute });
  if (fault?.kind === 'slow-handshake') await setTimeout(fault.delayMs ?? 2000, undefined, { signal });
  if (fault?.kind === 'handshake-5xx') {
    throw new Refusal(503, 'ModelUnavailable', 'Model is unavailable, please try again later.');
  }
  if (isOverLimit || fault?.kind === 'throttle-handshake' || counters.openConnections() >= connectionsAtOnce) {
    counters.tasks.throttled++;
    throw throttled();
  }
}
