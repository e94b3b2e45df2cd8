/** Whether the last word of a take is cut: by the time at which a recogniser heard it end, and by how loud the end is. Pure. */
import type { TakeDoubt } from '../../events.ts';

/** The end of a take. */
export interface TakeEnd {
  /** When each word was heard, in seconds; undefined when the recogniser does not tell. */
  words: readonly { endSeconds: number }[] | undefined;
  durationSeconds: number;
  /** dB of its last 20 ms, above its speech; undefined when nobody listened. */
  lastDb: number | undefined;
  /** The same of the loudest other take of the voice but one; undefined while too few are known. */
  usualDb?: number | undefined;
}

/** After a whole word, at least so much follows, or it has faded to this. Chosen on sentences that the bench does not count. */
const MOST_GAP_SECONDS = 0.06;
const SILENT_DB = -47;

/** The doubt about a last word that goes on to the end of the sound. */
export function cutTail({ words, durationSeconds, lastDb, usualDb = SILENT_DB }: TakeEnd): TakeDoubt | undefined {
  const last = words?.at(-1);
  const most = Math.max(SILENT_DB, usualDb);
  if (last === undefined || lastDb === undefined || lastDb <= most) return undefined;
  if (durationSeconds - last.endSeconds > MOST_GAP_SECONDS) return undefined;
  const excess = (lastDb - most) / 20;
  return {
    check: 'cut-off',
    measured: 'its last word goes on to its end',
    wanted: 'an end as quiet as in its other takes',
    badness: Math.round((3 + excess / (1 + excess)) * 1000) / 1000,
    atSeconds: durationSeconds,
  };
}
