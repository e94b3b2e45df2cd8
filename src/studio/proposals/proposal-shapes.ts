/** What the page of proposals and its server say to each other, as in shapes.ts. Types only. */

/** `GET /studio/api/proposals`: the newest first, at most 200 at once. Empty where texts are changed at once. */
export interface Proposals {
  proposals: Proposal[];
}

/** A change of a text that waits for a person. */
export interface Proposal {
  /** Of its file in the folder of proposals. */
  name: string;
  /** The text that it changes, relative to the book's folder. */
  file: string;
  /** Of the text; absent when no chapter has it now. */
  chapter?: { number: number; title: string };
  /** Such as `3:37`, when it was proposed; absent for names of speakers. */
  line?: string;
  /** Unified. */
  difference: string;
  /** Names the difference: `of` of what is done with it. */
  of: string;
  /** When it was written, ISO 8601. */
  at: string;
  by?: string;
  /** `done`: the text has it already; `unfitting`: the text has other words there by now; `no-text`: no chapter has that text now. */
  state: 'open' | 'done' | 'unfitting' | 'read-only' | 'no-text';
}

/** `POST /studio/api/proposals/take` and `/aside`: answered with what is left. */
export interface ProposalRequest {
  name: string;
  of: string;
}
