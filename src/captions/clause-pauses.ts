/** When the clauses of a sentence begin and end, from the pauses that are in its sound. Pure. */
import { breaksIn, pausesAtBreaks } from './pauses-at-breaks.ts';

/** A place between two clauses: where and when the first ends and the second begins. In UTF-16 code units and seconds. */
export interface ClauseBreak {
  endAt: number;
  beginAt: number;
  endSeconds: number;
  beginSeconds: number;
}

/** The clauses of a sentence. `weight`: relative speaking time of a text. */
export interface TimedClauses {
  text: string;
  /** The first is its start, the last its end. */
  breaks: readonly ClauseBreak[];
  weight(text: string): number;
}

/** Finds the pause of each break between clauses; breaks without a pause are left out. */
export function clausesOf(
  { text, startSeconds, endSeconds }: { text: string; startSeconds: number; endSeconds: number },
  pauses: readonly (readonly [startSeconds: number, endSeconds: number])[],
  weight: (text: string) => number,
): TimedClauses {
  const end = { endAt: text.length, beginAt: text.length, endSeconds, beginSeconds: endSeconds };
  const inside = pauses.filter(([from, to]) => from > startSeconds && to < endSeconds);
  const places = breaksIn(text);
  const found = pausesAtBreaks({ text, breaks: places, startSeconds, endSeconds, pauses: inside });
  const breaks = places.flatMap(({ endAt, at }, i) => {
    const pause = found[i];
    return pause === undefined ? [] : [{ endAt, beginAt: at, endSeconds: pause[0], beginSeconds: pause[1] }];
  });
  const start = { endAt: 0, beginAt: 0, endSeconds: startSeconds, beginSeconds: startSeconds };
  return { text, weight, breaks: [start, ...breaks, end] };
}

/** When the text before a place has been said, and when what follows begins: the same time, unless a pause is there. */
export function timesAt(clauses: TimedClauses, at: number): { endSeconds: number; beginSeconds: number } {
  const { breaks } = clauses;
  const here = breaks.find(({ endAt, beginAt }) => at >= endAt && at <= beginAt);
  if (here !== undefined) return here;
  const index = breaks.findIndex(({ endAt }) => endAt > at);
  const seconds = between({ ...clauses, last: breaks[index - 1]!, next: breaks[index]!, at });
  return { endSeconds: seconds, beginSeconds: seconds };
}

function between(of: {
  last: ClauseBreak;
  next: ClauseBreak;
  at: number;
  text: string;
  weight(text: string): number;
}): number {
  const { last, next, at, text, weight } = of;
  const share = weight(text.slice(last.beginAt, at)) / (weight(text.slice(last.beginAt, next.endAt)) || 1);
  return last.beginSeconds + (next.endSeconds - last.beginSeconds) * share;
}
