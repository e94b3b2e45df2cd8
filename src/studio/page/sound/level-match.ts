/** Several takes at one loudness, so that the louder one does not seem the better one. Pure. */

/** Loudness of a take in LUFS; null for silence. */
export interface Loud {
  loudnessDb: number | null;
}

/** Volume from 0 to 1 at which a take is as loud as the quietest of them; a take is never amplified. */
export function matchedVolume(take: Loud, all: readonly Loud[]): number {
  const known = all.flatMap(({ loudnessDb }) => (loudnessDb === null ? [] : [loudnessDb]));
  if (take.loudnessDb === null || known.length === 0) return 1;
  return Math.min(1, 10 ** ((Math.min(...known) - take.loudnessDb) / 20));
}
