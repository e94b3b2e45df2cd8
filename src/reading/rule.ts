/** What a language says about the places that an engine reads as it likes. */
import type { ReadingClass, SpellClass } from '../manifest/fields/spell-classes.ts';

/** A place in a text, in UTF-16 code units. */
export interface Reading {
  class: ReadingClass;
  start: number;
  end: number;
  text: string;
  /** How it can be spoken, in words. Absent: nothing can be said without knowing the sentence. */
  spoken?: string;
}

/** A match with its surroundings. */
export interface Match {
  text: string;
  /** The groups of the pattern, from 1. */
  groups: readonly (string | undefined)[];
  /** Up to 40 characters before and after it. */
  before: string;
  after: string;
}

/** Finds places of one class. Rules are tried in order; what one has taken is no longer there for the next. */
export interface Rule {
  class: ReadingClass;
  /** With the flags g and u, without nested repetition. */
  pattern: RegExp;
  /** The words; undefined: the place is listed without a proposal; `no`: it is none. Default: undefined. */
  spoken?: (match: Match) => string | undefined | typeof NOT_ONE;
}

/** The match is no place of this class after all. */
export const NOT_ONE = Symbol('not one');

/** A language's rules, and the classes that `spell:` can switch on. */
export interface Language {
  rules: readonly Rule[];
  spells: readonly SpellClass[];
}
