import type { Person } from './people.ts';

/** Who may say a turn: a person, the narrator, or somebody whom nothing names. */
export type Voice = Person | 'narrator' | 'other';

/** The voices of a turn, the most probable first, and how probable each is, from 0 to 1. */
export interface WeighedTurn {
  voices: Voice[];
  probabilities: number[];
}
