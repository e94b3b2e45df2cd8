/**
 * Fitted to ten novels of the Project Dialogism Novel Corpus by `test/bench/fit-speakers.ts`; `npm run bench speakers` says how well
 * they do on others. Pure.
 */

import type { Tell } from './turn-hints.ts';

/** Weights of the hints, as natural logarithms of odds. */
export const WEIGHTS: Record<string, number> = {
  other: 0.55,
  namedOften: 0.28,
  neverNamed: -0.65,
  leadsBefore: 0.04,
  leadsAfter: 0.53,
  ownBefore: -0.2,
  ownAfter: -0.53,
  onlyOwn: 0.68,
  notOwn: -1.33,
  pronounFits: 0.23,
  pronounClashes: -1,
  saysHeFits: 0.97,
  saysHeClashes: -2.34,
  saysHeUnknown: -0.4,
  saysHeNarrator: -1.93,
  ownI: 0.28,
  ownINot: -0.24,
  addressesSelf: -2.7,
  mentionsSelf: -1.6,
  addressedBefore: 0.94,
  addressedAfter: 1.07,
  told0: 0.16,
  told1: 1.04,
  told2: 0.32,
  told10: -0.34,
  toldFar: -0.65,
  saidBefore: -1.06,
  saidBefore3: -0.33,
  saidAfter: -0.64,
  lastTold: 0.26,
  sameNext: 0.37,
  sameGap1: 1.44,
  sameGap2: 1.07,
  sameParagraph: 2.77,
  sameAdjacent: 0.42,
  described: 0.73,
  describedOther: 0.97,
  describedAs: -0.49,
  farDescribed: -1.31,
  turnBack: 1.3,
  turnBackGap: 1.02,
  askedSame: -0.57,
  spokeNear: 0.26,
  nearAlone: -0.55,
  notNear: -0.09,
  otherPeople: -0.61,
  otherBegins: 0.63,
  ownAfterHe: -0.56,
  onlyOwnHe: -0.28,
  nearOfTwo: -0.11,
  answersSame: -0.44,
  ledBefore: 0.45,
  onlyBefore: 0.1,
  sameGapBare: 0.39,
  sameBare: -0.38,
  turnBackBare: 0.58,
  turnBackBare2: 0.74,
  nearOfMany: 0.04,
  mentionedAfter: -0.37,
  mentionedBefore: -0.17,
  saysHeLast: 0.31,
  otherSaysHe: 0.61,
  leadsBeforeHe: 1.51,
  notOwnHe: -0.24,
  otherOwn: -0.26,
  ownOfBefore: -0.32,
  firstOwnHe: 0.35,
  saysHeUnsure: 0.01,
  ownBeforeHe: 0.73,
  saysHeOnly: 0.27,
  saysHeOnlyNear: -0.2,
  calledFits: 0.14,
  calledClashes: -0.99,
  notOfTwo: -0.01,
  oneOfTwo: 0.08,
  pronounOnly: -0.57,
  pronounOnlyNear: 0.55,
  firstOwn: 0.42,
  sameAfterTail: 1.78,
  pronounLast: 0.06,
  leadsAfterHe: -0.72,
  pronounUnsure: -0.57,
  narratorSpokeNear: 0.78,
  narratorTold: -0.67,
  narratorPronoun: -0.41,
  narratorOwn: -0.6,
  narratorSilent: -0.19,
  ofParty1: 0.32,
  notOfParty1: -0.01,
  sameParty1: 0,
  turnBackParty1: 1.06,
  notOfParty0: 0.18,
  sameParty0: 0.3,
  turnBackParty0: 0.66,
  turnBackAnswered: 0.21,
  turnBackAsked: 0.14,
  ofPartyMany: 0.67,
  notOfPartyMany: -0.11,
  samePartyMany: -0.88,
  turnBackPartyMany: 0.33,
  notOfParty2: -0.17,
  ofParty2: 0.81,
  sameParty2: -0.4,
  turnBackParty2: 0.55,
  narrator: 0.8,
  narratorOften: -0.13,
  narratorCalled: -0.15,
  ownWords: 0.27,
  notLedBefore: 0.24,
  told5: -0.09,
  oneOfMany: 0,
  lastSubjectHe: 0.66,
  lastAloneHe: 0.51,
  lastAlone: 0.96,
  lastSubject: 1.49,
};

/** Adds up hints by their weights; a hint without one counts nothing. */
export interface Weigher {
  tell: Tell;
  /** The sum of what was told since the last time. */
  take: () => number;
}

/** One for a whole book: it has millions of hints, and the sum is kept where none of them takes memory. */
export function weigher(weights: Readonly<Record<string, number>>): Weigher {
  const sum = new Float64Array(1);
  return {
    tell: (name, strength = 1) => {
      sum[0]! += (weights[name] ?? 0) * strength;
    },
    take: () => {
      const taken = sum[0]!;
      sum[0] = 0;
      return taken;
    },
  };
}
