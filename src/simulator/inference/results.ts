/** Sounds of the HTTP variant, which the service keeps for 24 hours at an address of their own. */
import { randomUUID } from 'node:crypto';

/** Sounds by their IDs; only the latest are kept. */
export interface SoundResults {
  /** Keeps a sound, and gives its ID. */
  keep(sound: Buffer): string;
  find(id: string): Buffer | undefined;
}

const MOST_KEPT = 32;

/** None yet. */
export function createResults(): SoundResults {
  const sounds = new Map<string, Buffer>();
  return {
    keep(sound) {
      const id = `audio_${randomUUID()}`;
      const [oldest] = sounds.keys();
      if (oldest !== undefined && sounds.size >= MOST_KEPT) sounds.delete(oldest);
      sounds.set(id, sound);
      return id;
    },
    find: (id) => sounds.get(id),
  };
}
