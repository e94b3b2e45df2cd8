/**
 * Fitted to ten novels of the Project Dialogism Novel Corpus by `test/bench/fit-speakers.ts`; `npm run bench speakers` says how well
 * they do on others. Pure.
 */

import type { Tell } from './turn-hints.ts';

/** Weights of the hints, as natural logarithms of odds. */
export const WEIGHTS: Record<string, number> = {
  other: 0.38,
  namedOften: 0.28,
  neverNamed: -0.62,
  leadsBefore: 0.04,
  leadsAfter: 0.57,
  ownBefore: -0.1,
  ownAfter: -0.42,
  onlyOwn: 0.62,
  notOwn: -1.19,
  pronounFits: 0.31,
  pronounClashes: -1.05,
  saysHeFits: 1.06,
  saysHeClashes: -2.16,
  saysHeUnknown: -0.29,
  saysHeNarrator: -1.94,
  ownI: 0.18,
  ownINot: -0.24,
  addressesSelf: -2.73,
  mentionsSelf: -1.56,
  addressedBefore: 0.83,
  addressedAfter: 1.05,
  told0: 0.21,
  told1: 1.02,
  told2: 0.29,
  told10: -0.33,
  toldFar: -0.65,
  saidBefore: -1.04,
  saidBefore3: -0.33,
  saidAfter: -0.62,
  lastTold: 0.27,
  sameNext: 0.12,
  sameGap1: 1.42,
  sameGap2: 1.06,
  sameParagraph: 2.92,
  sameAdjacent: 0.42,
  described: 0.51,
  describedOther: 0.91,
  describedAs: -0.55,
  farDescribed: -1.53,
  turnBack: 1.39,
  turnBackGap: 1.02,
  askedSame: -0.53,
  spokeNear: 0.27,
  nearAlone: -0.56,
  notNear: -0.12,
  otherPeople: -0.65,
  otherBegins: 0.67,
  ownAfterHe: -0.63,
  onlyOwnHe: -0.12,
  nearOfTwo: -0.14,
  answersSame: -0.46,
  ledBefore: 0.42,
  onlyBefore: 0.12,
  sameGapBare: 0.39,
  sameBare: -0.34,
  turnBackBare: 0.59,
  turnBackBare2: 0.74,
  nearOfMany: 0.06,
  mentionedAfter: -0.38,
  mentionedBefore: -0.13,
  saysHeLast: 0.3,
  otherSaysHe: 0.7,
  leadsBeforeHe: 1.43,
  notOwnHe: -0.25,
  otherOwn: -0.2,
  ownOfBefore: -0.34,
  firstOwnHe: 0.32,
  saysHeUnsure: 0.16,
  ownBeforeHe: 0.81,
  saysHeOnly: 0.24,
  saysHeOnlyNear: -0.16,
  calledFits: 0.12,
  calledClashes: -0.95,
  notOfTwo: -0.01,
  oneOfTwo: 0.1,
  pronounOnly: -0.46,
  pronounOnlyNear: 0.41,
  firstOwn: 0.49,
  sameAfterTail: 1.77,
  pronounLast: 0.11,
  leadsAfterHe: -0.85,
  pronounUnsure: -0.5,
  narratorSpokeNear: 0.72,
  narratorTold: -0.6,
  narratorPronoun: -0.42,
  narratorOwn: -0.46,
  narratorSilent: 0.02,
  ofParty1: 0.08,
  notOfParty1: -0.23,
  sameParty1: 0.24,
  turnBackParty1: 0.97,
  notOfParty0: -0.02,
  sameParty0: 0.53,
  turnBackParty0: 0.6,
  turnBackAnswered: 0.23,
  turnBackAsked: 0.14,
  ofPartyMany: 0.45,
  notOfPartyMany: -0.33,
  samePartyMany: -0.62,
  turnBackPartyMany: 0.23,
  notOfParty2: -0.36,
  ofParty2: 0.58,
  sameParty2: -0.25,
  turnBackParty2: 0.43,
  narrator: 0.82,
  narratorOften: -0.19,
  narratorCalled: -0.14,
  ownWords: 0.26,
  notLedBefore: 0.2,
  told5: -0.11,
  oneOfMany: -0.02,
  lastSubjectHe: 0.78,
  lastAloneHe: 0.5,
  lastAlone: 1,
  lastSubject: 1.38,
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
