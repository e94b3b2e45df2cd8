/** Waits when the service throttles a command: outside a run, no queue repeats its calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../errors.ts';
import type { EnrolmentClient } from '../../speech/engine.ts';

/** Tries of one call. */
const MOST_TRIES = 6;
/** The wait after the first refusal, in milliseconds; it grows by as much each time. The limits count by the second. */
const WAIT_MS = 1_000;

/** The same client; calls that make nothing are repeated after a throttle. `create` is not, because it is paid for. */
export function patientClient(client: EnrolmentClient): EnrolmentClient {
  return {
    create: (request, signal) => client.create(request, signal),
    list: (page, signal) => patiently(() => client.list(page, signal), signal),
    listAll: (signal) => patiently(() => client.listAll(signal), signal),
    findByName: (wanted, signal) => patiently(() => client.findByName(wanted, signal), signal),
    delete: (voiceId, signal) => patiently(() => client.delete(voiceId, signal), signal),
    counts: () => client.counts(),
  };
}

async function patiently<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'throttled' || tries >= MOST_TRIES) throw error;
      await sleep(WAIT_MS * tries, undefined, { signal });
    }
  }
}
