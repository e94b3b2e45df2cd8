/**
 * Claims: which of several watchers, perhaps on several machines, works on a book. A claim is a file with heartbeats; see
 * src/holders/file-hold.ts. A holder whose claim is gone or replaced, for example after sleep, stops its work; the store
 * keeps what it made, so that nothing is paid twice.
 */
import { FileHolds, type Hold } from '../holders/file-hold.ts';
import type { HoldTimes } from '../holders/observer.ts';

/** Timings of claims; only tests change them. */
export type ClaimTimings = HoldTimes;

/** The books of a watcher that died go on elsewhere within half a minute. Claims of earlier versions beat every ten seconds. */
export const DEFAULT_CLAIM_TIMINGS: ClaimTimings = { beatMs: 4_000, staleMs: 22_000, strangersMs: 60_000 };

/** A claim that this process holds. `lost` aborts when another watcher has taken it over, or may have. */
export type Claim = Hold;

/** Gives out claims; `path` names what is claimed. No two keepers with the same storage hold a claim at the same time. */
export interface ClaimKeeper {
  /** The claim; undefined while another watcher holds it. Rejects when the storage cannot be written. */
  take(path: string): Promise<Claim | undefined>;
  /** Whether the claim is held, as far as this watcher has seen. */
  isTaken(path: string): Promise<boolean>;
  /** Forgets the last heartbeat of a claim that is not needed any more. */
  forget(path: string): void;
}

/** Claims as files. Remembers which heartbeats of others it has seen, and when. */
export class Claims implements ClaimKeeper {
  readonly #holds: FileHolds;

  constructor(timings: ClaimTimings = DEFAULT_CLAIM_TIMINGS) {
    this.#holds = new FileHolds(timings);
  }

  /** A dead holder in this system is noticed at once, another one after `staleMs` of polling. */
  async take(path: string): Promise<Claim | undefined> {
    const tried = await this.#holds.tryTake(path);
    return 'release' in tried ? tried : undefined;
  }

  isTaken(path: string): Promise<boolean> {
    return this.#holds.isTaken(path);
  }

  forget(path: string): void {
    this.#holds.forget(path);
  }
}
