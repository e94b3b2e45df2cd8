import type { Person } from './people.ts';

/** Who may say a turn: a person, the narrator, or somebody whom nothing names. */
export type Voice = Person | 'narrator' | 'other';

/** A voice and how probable it is, from 0 to 1. */
export interface Weighed {
  voice: Voice;
  probability: number;
}
