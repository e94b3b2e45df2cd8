/** What the attributions page and its server say to each other, as in shapes.ts. Types only. */

/** `GET /studio/api/attributions`: each `[?]` of the book with what is around it. */
export interface Attributions {
  /** Changes with every word, name in a tag, and character. */
  version: string;
  /** How many parts are open. */
  open: number;
  /** In the order of the manifest. */
  cast: CastMember[];
  /** Those with open parts. */
  chapters: OpenChapter[];
}

/** A character of the manifest. */
export interface CastMember {
  name: string;
  aliases: string[];
  /** How many parts of the texts are tagged with it. */
  parts: number;
  isNarrator?: boolean;
}

/** A chapter with open parts. */
export interface OpenChapter {
  number: number;
  title: string;
  /** Relative to the manifest's folder. */
  file: string;
  /** Names the words of the text, whoever speaks them: `of` of an act. */
  of: string;
  /** Nobody may write to the file. */
  readOnly?: boolean;
  /** In a watched folder: names are written into a proposal beside the text. */
  proposed?: boolean;
  /** The open ones, and three before and after each. */
  paragraphs: OpenParagraph[];
}

/** A paragraph of the manuscript: one or more parts, each with its own tag or none. */
export interface OpenParagraph {
  /** Among all paragraphs of the chapter. */
  index: number;
  /** Line of the file. */
  line: number;
  parts: { /** Among all parts of the chapter. */ at: number; text: string; open?: boolean; speaker?: string }[];
  startsScene?: boolean;
  /** Its first sign opens a quotation. */
  beginsSpeech?: boolean;
}

/** `GET /studio/api/attributions/candidates` */
export interface Candidates {
  /** `Attributions.version` */
  version: string;
  chapters: { number: number; paragraphs: { index: number; candidates: Candidate[] }[] }[];
}

/** Somebody who may say an open quotation. */
export interface Candidate {
  character: string;
  /** Why, in an editor's words; `rule` is the same for programs. */
  reason: string;
  rule: string;
  /** From 0 to 1. */
  score: number;
}

/** `POST /studio/api/attributions/{n}`: who speaks in chapter n. All or nothing. */
export interface AttributeRequest {
  /** `OpenChapter.of` */
  of: string;
  /** What a person did, each to be undone by itself. */
  acts: { say: Said[] }[];
  /** Names the page that asks; the event for all pages repeats it. */
  page?: string;
}

/** Who speaks one part. */
export interface Said {
  /** Among all parts of the chapter. */
  at: number;
  /** Name or alias. */
  character: string;
  /** Whom the page knows as its speaker: named again. Absent: the part is open. */
  instead?: string;
}

/** Answer of `POST /studio/api/attributions/{n}`. */
export interface Attributed {
  of: string;
  /** How many parts of the chapter are still open. */
  open: number;
  /** Where the names were written, in a watched folder. */
  proposal?: string;
}

/** `POST /studio/api/cast/merge` */
export interface MergeRequest {
  /** The characters that become names of `into`. */
  names: string[];
  into: string;
}
