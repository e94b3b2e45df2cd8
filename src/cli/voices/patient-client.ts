/** Waits when the service throttles a command: outside a run, no queue repeats its calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../errors.ts';
import type { CallOptions, EnrolmentClient } from '../../speech/engine.ts';

/** Tries of one call. */
const MOST_TRIES = 6;
/** The wait after the first refusal, in milliseconds; it grows by as much each time. The limits count by the second. */
const WAIT_MS = 1_000;

/** The same client; calls that make nothing are repeated after a throttle. `create` is not, because it is paid for. */
export function patientClient(client: EnrolmentClient): EnrolmentClient {
  return {
    create: (request, options) => client.create(request, options),
    list: (page, options) => patiently(() => client.list(page, options), options),
    listAll: (options) => patiently(() => client.listAll(options), options),
    findByName: (wanted, options) => patiently(() => client.findByName(wanted, options), options),
    delete: (voiceId, options) => patiently(() => client.delete(voiceId, options), options),
    counts: () => client.counts(),
  };
}

async function patiently<T>(call: () => Promise<T>, { signal }: CallOptions = {}): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof PipelineError) || error.code !== 'throttled' || tries >= MOST_TRIES) throw error;
      await sleep(WAIT_MS * tries, undefined, { signal });
    }
  }
}
