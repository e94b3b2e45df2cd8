/** Times inside a sentence, from the pauses between its clauses. Pure. */
import { speechWeight } from './speech-weight.ts';

/** A place between two clauses: where and when the first ends and the second begins. In UTF-16 code units and seconds. */
export interface ClauseBreak {
  endAt: number;
  beginAt: number;
  endSeconds: number;
  beginSeconds: number;
}

/** The clauses of a sentence. */
export interface TimedClauses {
  text: string;
  /** The first is its start, the last its end. */
  breaks: readonly ClauseBreak[];
}

/** When the text before a place has been said, and when what follows begins: the same time, unless a pause is there. */
export function timesAt({ text, breaks }: TimedClauses, at: number): { endSeconds: number; beginSeconds: number } {
  const here = breaks.find(({ endAt, beginAt }) => at >= endAt && at <= beginAt);
  if (here !== undefined) return here;
  const index = breaks.findIndex(({ endAt }) => endAt > at);
  const seconds = secondsBetween({ last: breaks[index - 1]!, next: breaks[index]!, at, text });
  return { endSeconds: seconds, beginSeconds: seconds };
}

/** When a place between two breaks is said, by the length of the text. */
export function secondsBetween(of: { last: ClauseBreak; next: ClauseBreak; at: number; text: string }): number {
  const { last, next, at, text } = of;
  const share = speechWeight(text.slice(last.beginAt, at)) / (speechWeight(text.slice(last.beginAt, next.endAt)) || 1);
  return last.beginSeconds + (next.endSeconds - last.beginSeconds) * share;
}
