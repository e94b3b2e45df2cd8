/** When the clauses of a sentence begin and end, from the pauses that are in its sound. Pure. */

/** A place between two clauses: where and when the first ends and the second begins. In UTF-16 code units and seconds. */
export interface ClauseBreak {
  endAt: number;
  beginAt: number;
  endSeconds: number;
  beginSeconds: number;
}

/** A clause ends at the pause nearest to its estimated end, if it is within this distance. */
const NEAR_SECONDS = 0.8;
const CLAUSE_END = /[,;:.!?…—–，、；：。！？]["'”’»)\]]*\s*(?=\S)/gu;

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
  let last: ClauseBreak = { endAt: 0, beginAt: 0, endSeconds: startSeconds, beginSeconds: startSeconds };
  const breaks = [last];
  for (const { 0: mark, index } of text.matchAll(CLAUSE_END)) {
    const endAt = index + mark.trimEnd().length;
    const expected = between({ last, next: end, at: endAt, text, weight });
    let [nearest, distance]: [(typeof pauses)[number] | undefined, number] = [undefined, NEAR_SECONDS];
    for (const pause of pauses) {
      const away = Math.max(0, pause[0] - expected, expected - pause[1]);
      if (pause[0] <= last.beginSeconds || pause[1] >= endSeconds || away >= distance) continue;
      [nearest, distance] = [pause, away];
    }
    if (nearest === undefined) continue;
    last = { endAt, beginAt: index + mark.length, endSeconds: nearest[0], beginSeconds: nearest[1] };
    breaks.push(last);
  }
  return { text, weight, breaks: [...breaks, end] };
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
