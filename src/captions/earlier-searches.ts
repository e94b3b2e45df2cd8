/** How earlier versions found the pauses: a file with such times, whose sound is the same, stays as it is. Pure. */
import { type ClauseBreak, secondsBetween } from './clause-times.ts';
import type { PausedTake, PauseSearch } from './pause-search.ts';
import type { Pause } from './pauses-at-breaks.ts';
import { speechWeight } from './speech-weight.ts';

/** How far a pause may be from the estimated end. */
const NEAR_SECONDS = { sentence: 1.2, clause: 0.8 };
const CLAUSE_END = /[,;:.!?…—–，、；：。！？]["'”’»)\]]*\s*(?=\S)/gu;

/** One break after the other: each has the pause nearest to its estimate. */
const NEAREST: PauseSearch = {
  sentences(take) {
    const { text, durationSeconds } = take;
    return (end, after) => {
      const estimate = durationSeconds * (speechWeight(text.slice(0, end)) / (speechWeight(text) || 1));
      return { pause: nearestPause(take, estimate, after), estimate };
    };
  },
  clauses({ text, startSeconds, endSeconds, pauses }) {
    const next = { endAt: text.length, beginAt: text.length, endSeconds, beginSeconds: endSeconds };
    let last: ClauseBreak = { endAt: 0, beginAt: 0, endSeconds: startSeconds, beginSeconds: startSeconds };
    const breaks: ClauseBreak[] = [];
    for (const { 0: mark, index } of text.matchAll(CLAUSE_END)) {
      const endAt = index + mark.trimEnd().length;
      const estimate = secondsBetween({ last, next, at: endAt, text });
      let [nearest, distance]: [Pause | undefined, number] = [undefined, NEAR_SECONDS.clause];
      for (const pause of pauses) {
        const away = Math.max(0, pause[0] - estimate, estimate - pause[1]);
        if (pause[0] <= last.beginSeconds || pause[1] >= endSeconds || away >= distance) continue;
        [nearest, distance] = [pause, away];
      }
      if (nearest === undefined) continue;
      last = { endAt, beginAt: index + mark.length, endSeconds: nearest[0], beginSeconds: nearest[1] };
      breaks.push(last);
    }
    return breaks;
  },
};

/** Pauses of sentences only. */
const SENTENCES_ONLY: PauseSearch = { ...NEAREST, clauses: () => [] };

/** The latest first. */
export const EARLIER_SEARCHES: readonly PauseSearch[] = [NEAREST, SENTENCES_ONLY];

function nearestPause({ pauses }: PausedTake, estimate: number, after: number): Pause | undefined {
  let best: Pause | undefined;
  let distance = NEAR_SECONDS.sentence;
  for (const pause of pauses) {
    const away = Math.abs((pause[0] + pause[1]) / 2 - estimate);
    if (pause[0] <= after || away >= distance) continue;
    distance = away;
    best = pause;
  }
  return best;
}
