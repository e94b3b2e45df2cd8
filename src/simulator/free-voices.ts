/** Free creations of voices by the first family's enrollment, and what comes after them. */
import { Refusal } from './refusal.ts';
import type { Settings } from './settings.ts';

/**
 * "1000 free creations within 90 days" (voice-replica page, 2025-08; voice-cloning guide, 2026). When the days begin is not
 * said; here with the account, which is the start of the simulator or its last reset. Failed creations are not counted.
 */
const FREE_DAYS = 90;
const DAY_MS = 86_400_000;

/** Counts created voices. */
export interface FreeVoices {
  /** Throws a Refusal where an account that takes only free use has none left. Call it before a voice is made. */
  admit(): void;
  /** A voice was made. */
  made(): void;
  counts(): { free: number; billed: number };
}

/** Counts from now, by the simulator's clock. */
export function countFreeVoices(settings: Settings): FreeVoices {
  const openedMs = settings.now();
  const counted = { free: 0, billed: 0 };
  const isFree = (): boolean =>
    counted.free < settings.limits.freeVoices && settings.now() - openedMs < FREE_DAYS * DAY_MS;
  return {
    admit() {
      if (!settings.limits.freeOnly || isFree()) return;
      // The code is documented; how its message goes for enrollment is not.
      throw new Refusal(403, 'AllocationQuota.FreeTierOnly', 'The free tier of the model has been exhausted.');
    },
    made() {
      counted[isFree() ? 'free' : 'billed'] += 1;
    },
    counts: () => ({ ...counted }),
  };
}
