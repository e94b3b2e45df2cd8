/** Where a lock on the store keeps others out, its holder asks for it before it pays, as well as for the key. */
import type { SingleFlight } from '../limits.ts';
import type { StoreLock } from '../store/store.ts';

/** The same, whose `confirm` also confirms `lock`. Undefined: a queue in Redis coordinates the workers, and there is no lock. */
export function guardedFlight(flights: SingleFlight, lock: StoreLock | undefined): SingleFlight {
  if (lock === undefined) return flights;
  return {
    run: (key, work, signal) =>
      flights.run(
        key,
        (flight) =>
          work({
            async confirm() {
              await flight.confirm();
              await lock.confirm();
            },
          }),
        signal,
      ),
  };
}
