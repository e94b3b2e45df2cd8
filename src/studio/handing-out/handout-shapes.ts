/**
 * What a page for a reviewer without the program has inside: the lines to hear, and what a decision about each keeps of it.
 * Types only, for the page and what makes it. Fields are added and never renamed: a page is opened months later.
 */
import type { Approved, Doubt, Note } from '../shapes.ts';

/** The content of such a page. */
export interface Handout {
  version: 1;
  /** Names this edition of the page: what a browser keeps of it is not that of another. */
  id: string;
  title: string;
  author?: string;
  /** BCP 47, of the book. */
  language: string;
  /** The day, `yyyy-mm-dd`. */
  madeOn: string;
  simulated: boolean;
  /** All lines of the chapters, or those that are to be heard, worst first. */
  scope: 'all' | 'suspects';
  chapters: { number: number; title: string }[];
  lines: HandoutLine[];
}

/** A line to hear. */
export interface HandoutLine {
  /** By this it is found again: `LineAnchor`. */
  anchor: Anchor;
  /** `3:37` */
  number: string;
  chapter: number;
  character: string;
  text: string;
  /** What is around it. */
  before?: { character: string; text: string };
  after?: { character: string; text: string };
  doubts: Doubt[];
  /** Why the service refused it. */
  refusal?: string;
  comments?: Note[];
  approved?: Approved;
  /** Number of the take that the book uses. */
  chosen: number;
  /** What was decided when the page was made, and what a decision here replaces. */
  decided: { take?: number; approved?: ApprovedOf };
  /** Ascending by take; none of a line that is not spoken. */
  clips: Clip[];
}

/** What a decision keeps of its line, as in the review file. */
export interface Anchor {
  id: string;
  at: string;
  words: string;
  before?: string;
  after?: string;
  chapterTitle?: string;
  occurrence?: string;
}

/** An approval, and of which takes. */
export interface ApprovedOf extends Approved {
  of?: string;
}

/** A take with a little of what is around it. */
export interface Clip {
  take: number;
  /** Of the whole clip, and where the line is in it; in seconds. */
  seconds: number;
  startSeconds: number;
  endSeconds: number;
  /** What the checks doubt of this take. */
  doubts: Doubt[];
  /** What an approval is of. */
  of: string;
  /** Where its MP3 is in the page, as base64. */
  sound: string;
}
