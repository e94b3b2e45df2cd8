/**
 * Which pause in the sound of a text belongs to which break in it. All breaks and all pauses are laid along each other at once: a
 * pause that is far from its estimate is found when that makes the speech between the pauses more even. Pure.
 */
import { expectedSounding } from '../qc/expected-speech.ts';

/** A place where a sentence or a clause ends: behind its last sign, and where the next one begins. In UTF-16 code units. */
export interface Break {
  endAt: number;
  at: number;
  kind: 'sentence' | 'clause';
}

/** From and to, in seconds. */
export type Pause = readonly [startSeconds: number, endSeconds: number];

/** What is laid along each other. */
export interface Paused {
  text: string;
  /** In order, all inside the text. */
  breaks: readonly Break[];
  startSeconds: number;
  endSeconds: number;
  /** In order, and without overlaps. */
  pauses: readonly Pause[];
}

const CLAUSE_END = /[,;:.!?…—–，、；：。！？]["'”’»)\]]*\s*(?=\S)/gu;

/** The breaks inside a text, in order; `sentences`: where its sentences end, behind the space that follows. */
export function breaksIn(text: string, sentences: readonly number[] = []): Break[] {
  const breaks = new Map<number, Break>();
  for (const { 0: mark, index } of text.matchAll(CLAUSE_END)) {
    const at = index + mark.length;
    breaks.set(at, { endAt: index + mark.trimEnd().length, at, kind: 'clause' });
  }
  for (const at of sentences)
    if (at < text.length) breaks.set(at, { endAt: text.slice(0, at).trimEnd().length, at, kind: 'sentence' });
  return [...breaks.values()].sort((a, b) => a.at - b.at);
}

/** How the pace of a piece of speech differs from that of all, as a logarithm: of any piece, and what a second adds to a short one. */
const PACE = { any: 0.15, short: 0.2 };
/** What a break without a pause costs. */
const NO_PAUSE = { sentence: 4, clause: 1 };
/** What a pause without a break costs: any, and for each second. */
const NO_BREAK = { any: 1, second: 8 };
/** A pause this long is one of a sentence; what each half or double of it costs there. */
const USUAL_PAUSE = { sentence: 0.5, clause: 0.25 };
const PAUSE_DEVIATION = 0.7;
/** Nothing is said in less. */
const LEAST_SECONDS = 0.02;
/** Seconds that each take needs, however short its text. */
const START = expectedSounding('');
/** Bounds of the work for a recording of many minutes: how far a pause may be from its estimate, and how many matches are tried. */
const MOST_SECONDS_OFF = 15;
const MOST_BEFORE = 300;

/** A break and its pause, by their indices; before the first is the start, behind the last the end. */
interface Match {
  index: number;
  pause: number;
  /** Of the best way to it. */
  cost: number;
  back?: Match;
}

/** The pause of each break; undefined for one without. */
export function pausesAtBreaks(of: Paused): (Pause | undefined)[] {
  const { breaks, pauses } = of;
  const { between, secondsOff } = piecesOf(of);
  const matches: Match[] = [{ index: -1, pause: -1, cost: 0 }];
  const reached = (index: number, pause: number, own: number): Match => {
    const here: Match = { index, pause, cost: Infinity };
    // The start is always tried.
    for (let at = matches.length - 1; at >= 0; at = at > 0 && matches.length - at > MOST_BEFORE ? 0 : at - 1) {
      const back = matches[at]!;
      if (back.index >= index || back.pause >= pause) continue;
      const cost = back.cost + between(back, here) + own;
      if (cost < here.cost) Object.assign(here, { cost, back });
    }
    return here;
  };
  for (const [index, { kind }] of breaks.entries())
    for (const [pause, [from, to]] of pauses.entries()) {
      if (Math.abs(secondsOff(index, pause)) > MOST_SECONDS_OFF) continue;
      const own = (Math.log((to - from) / USUAL_PAUSE[kind]) / PAUSE_DEVIATION) ** 2 / 2;
      matches.push(reached(index, pause, own));
    }
  const found = breaks.map((): Pause | undefined => undefined);
  for (let at = reached(breaks.length, pauses.length, 0).back; at?.back !== undefined; at = at.back)
    found[at.index] = pauses[at.pause];
  return found;
}

/** What the speech between two matches costs, and how far a pause is from where a break is estimated, in seconds. */
function piecesOf({ text, breaks, startSeconds, endSeconds, pauses }: Paused) {
  const silent = sums(pauses.map(([from, to]) => to - from));
  const noBreak = sums(pauses.map(([from, to]) => NO_BREAK.any + NO_BREAK.second * (to - from)));
  const noPause = sums(breaks.map(({ kind }) => NO_PAUSE[kind]));
  const ends = [...breaks.map(({ at }) => at), text.length];
  const sounding = sums(ends.map((at, i) => expectedSounding(text.slice(ends[i - 1] ?? 0, at)) - START));
  const pace = (endSeconds - startSeconds - silent.at(-1)!) / Math.max(LEAST_SECONDS, sounding.at(-1)!);
  return {
    between(from: Match, to: Match): number {
      const fromSeconds = pauses[from.pause]?.[1] ?? startSeconds;
      const toSeconds = pauses[to.pause]?.[0] ?? endSeconds;
      // Pauses inside a piece are no speech.
      const seconds = toSeconds - fromSeconds - (silent[to.pause]! - silent[from.pause + 1]!);
      const wanted = Math.max(LEAST_SECONDS, pace * (sounding[to.index + 1]! - sounding[from.index + 1]!));
      const deviation = Math.hypot(PACE.any, PACE.short / Math.sqrt(wanted));
      const off = Math.log(Math.max(LEAST_SECONDS, seconds) / wanted) / deviation;
      const left = noBreak[to.pause]! - noBreak[from.pause + 1]! + noPause[to.index]! - noPause[from.index + 1]!;
      return off ** 2 / 2 + left;
    },
    secondsOff(index: number, pause: number): number {
      return pauses[pause]![0] - startSeconds - silent[pause]! - pace * sounding[index + 1]!;
    },
  };
}

/** The sum of all values before each place, from 0 on. */
function sums(values: readonly number[]): number[] {
  const all = [0];
  for (const value of values) all.push(all.at(-1)! + value);
  return all;
}
