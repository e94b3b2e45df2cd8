/** The pauses in a take at which its sentences and clauses end. Pure. */
import type { ClauseBreak } from './clause-times.ts';
import { breaksIn, type Pause, pausesAtBreaks } from './pauses-at-breaks.ts';
import { speechWeight } from './speech-weight.ts';

/** A take, from its start. */
export interface PausedTake {
  text: string;
  durationSeconds: number;
  pauses: readonly Pause[];
}

/** A sentence in its chapter, and all pauses of its take. */
export interface PausedSentence {
  text: string;
  startSeconds: number;
  endSeconds: number;
  pauses: readonly Pause[];
}

/** When a sentence ends: at a pause, or at an estimate, in seconds from the start of the take. */
export interface SentenceEnd {
  pause?: Pause | undefined;
  estimate: number;
}

/** A way to find pauses. */
export interface PauseSearch {
  /**
   * @param ends where the sentences end in the text, with the space behind them
   * @returns the time of one of them; `after`: its sentence begins then
   */
  sentences(take: PausedTake, ends: readonly number[]): (end: number, after: number) => SentenceEnd;
  /** The breaks between clauses that have a pause, in order. */
  clauses(sentence: PausedSentence): ClauseBreak[];
}

/** All breaks and all pauses of a take, or of a sentence, at once. */
export const ALL_AT_ONCE: PauseSearch = {
  sentences(take, ends) {
    const { text, durationSeconds, pauses } = take;
    const breaks = breaksIn(text, ends);
    const found = pausesAtBreaks({ text, breaks, startSeconds: 0, endSeconds: durationSeconds, pauses });
    const pauseAt = new Map(breaks.flatMap(({ at }, i) => (found[i] === undefined ? [] : [[at, found[i]] as const])));
    return (end, after) => {
      const pause = pauseAt.get(end);
      return { pause: pause && pause[0] > after ? pause : undefined, estimate: estimated(take, pauseAt, end) };
    };
  },
  clauses({ text, startSeconds, endSeconds, pauses }) {
    const inside = pauses.filter(([from, to]) => from > startSeconds && to < endSeconds);
    const breaks = breaksIn(text);
    const found = pausesAtBreaks({ text, breaks, startSeconds, endSeconds, pauses: inside });
    return breaks.flatMap(({ endAt, at }, i) => {
      const pause = found[i];
      return pause === undefined ? [] : [{ endAt, beginAt: at, endSeconds: pause[0], beginSeconds: pause[1] }];
    });
  },
};

/** When a sentence ends that has no pause: between the pauses around it, by the length of the text. */
function estimated({ text, durationSeconds }: PausedTake, pauseAt: ReadonlyMap<number, Pause>, end: number): number {
  const before = [...pauseAt].findLast(([at]) => at < end);
  const after = [...pauseAt].find(([at]) => at > end);
  const [from, fromSeconds] = before === undefined ? [0, 0] : [before[0], before[1][1]];
  const [to, toSeconds] = after === undefined ? [text.length, durationSeconds] : [after[0], after[1][0]];
  const share = speechWeight(text.slice(from, end)) / (speechWeight(text.slice(from, to)) || 1);
  return fromSeconds + (toSeconds - fromSeconds) * share;
}
