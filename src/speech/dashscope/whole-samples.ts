/** Pieces of s16le PCM of any length as whole samples: a piece may end in the middle of a sample. Pure. */

const BYTES_PER_SAMPLE = 2;
const NOTHING = Buffer.alloc(0);

/** Joins the pieces of one recording. */
export interface WholeSamples {
  /** The whole samples up to here that were not returned before; an odd byte waits for the next piece. */
  push(piece: Buffer): Buffer;
  /** Half a sample is left: at the end of a recording, some of it is missing. */
  hasHalf(): boolean;
}

/** Begins with a recording. */
export function joinSamples(): WholeSamples {
  let half: Buffer = NOTHING;
  return {
    push(piece) {
      const joined = half.length === 0 ? piece : Buffer.concat([half, piece]);
      const whole = joined.length - (joined.length % BYTES_PER_SAMPLE);
      // A copy: the piece may be a part of a large buffer.
      half = whole === joined.length ? NOTHING : Buffer.from(joined.subarray(whole));
      return joined.subarray(0, whole);
    },
    hasHalf: () => half.length > 0,
  };
}
