/**
 * What the studio's server and its page say to each other: JSON over HTTP on one origin. Types only. Fields are added and never
 * renamed. Times are integers in milliseconds from the start of the chapter's sound, unless a name says otherwise.
 * All that changes something has the header `x-studio: 1`; errors are `Problem`s. The bodies of requests are in requests.ts.
 */
import type { DoubtCode } from '../qc/translations/doubt-texts.ts';
import type { CodedMessage, DoneCode, JobCode, NoteCode } from './server/message-codes.ts';

export type { DoubtCode } from '../qc/translations/doubt-texts.ts';
export type { CodedMessage, DoneCode, JobCode, NoteCode, ProblemCode } from './server/message-codes.ts';

/** `good`: no check doubts it. `parked`: the service refused to speak it, and it is not asked again. `none`: not spoken yet. */
export type Verdict = 'good' | 'doubtful' | 'parked' | 'none';

/** What a check found, in words. */
export interface Doubt {
  /** Name of the check. */
  check: string;
  /** What was found and what is expected, as one sentence. */
  reason: string;
  /** The two as codes; absent for a check that this version does not know. */
  found?: CodedMessage<DoubtCode>;
  wanted?: CodedMessage<DoubtCode>;
  /** Where in the line's take, in seconds from its start; absent: all of it. */
  atSeconds?: number;
  /** Length of the place; absent: unknown. */
  seconds?: number;
}

/** A person's note. */
export interface Note {
  text: string;
  /** The words that are meant; absent: all of the line. */
  about?: string;
  /** Number of the last line that is meant, such as `3:41`, when it was written; absent: this line alone. */
  until?: string;
  by?: string;
  /** The day, `yyyy-mm-dd`. */
  on?: string;
}

/** A person's approval. */
export interface Approved {
  by?: string;
  on?: string;
}

/** What is decided about a line in the review file. */
export interface LineDecision {
  take?: number;
  say?: string;
  /** In seconds. */
  pause?: number;
  /** Path of the recording, relative to the manifest. */
  recording?: string;
  direction?: string;
  speaker?: string;
}

/** A line of the book. */
export interface Line {
  /** `3:37`. */
  number: string;
  /** Stable while the book is edited elsewhere. */
  id: string;
  chapter: number;
  line: number;
  character: string;
  /** The author's words. */
  text: string;
  /** What is spoken instead. */
  say?: string;
  direction?: string;
  pauseAfterMs?: number;
  /** How many takes the store has, and their numbers. */
  takes: number;
  numbers: number[];
  /** Number of the take that the book uses, or would use. */
  chosen: number;
  /** Whether the store has it. */
  inStore: boolean;
  verdict: Verdict;
  /** Worst first. */
  doubts: Doubt[];
  /** Why the service refused it. */
  refusal?: string;
  /** It is a recording of the author's, which has no other takes. */
  pickup: boolean;
  /** Its place in the chapter's sound. */
  startMs: number;
  endMs: number;
  /** Place of each word in the chapter's sound, where the engine gave word times. */
  words?: Word[];
  decision?: LineDecision;
  comments?: Note[];
  approved?: Approved;
  /** Where its words are in the author's files; absent: its words cannot be edited here. */
  file?: { name: string; line: number /** Of the file; `of` of an edit. */; version: string };
  /** Its words or decisions are new, and no take has them yet. */
  editedNotSpoken: boolean;
  /** What identifies its takes; absent while the store does not have them. */
  of?: string;
  /** Whether somebody has heard these takes to their end. */
  heard?: boolean;
}

/** A word and its place in the chapter's sound. */
export interface Word {
  text: string;
  /** Its place in the line's text, in UTF-16 code units. */
  from?: number;
  to?: number;
  startMs: number;
  endMs: number;
}

/** A line that someone should hear. */
export interface Suspect extends Line {
  reasons: string[];
  /** From 1; the greater, the worse. */
  badness: number;
}

/** `GET /studio/api/suspects` */
export interface Suspects {
  /** Worst first. */
  lines: Suspect[];
}

/** A chapter in the table of contents. */
export interface ChapterSummary {
  number: number;
  title: string;
  /** `opening-credits`, `closing-credits`; absent for a chapter of the text. */
  role?: string;
  /** How many. */
  lines: number;
  /** Length of its sound. */
  seconds: number;
  /** Lines that no check doubts, that are doubted or refused, and that are not spoken. */
  passed: number;
  toHear: number;
  unspoken: number;
  /** Lines that somebody has heard to their end, as they are now. */
  heard?: number;
  /** Whether it is mastered with today's plan. */
  finished: boolean;
  approved?: Approved;
}

/** `GET /studio/api/book` */
export interface Book {
  title: string;
  author?: string;
  /** BCP 47. */
  language: string;
  /** Changes with every change of the book's files, decisions and takes. */
  version: string;
  chapters: ChapterSummary[];
  characters: { name: string; lines: number /** 0–359, stable for the name. */; hue: number }[];
  model: string;
  takesDirections: boolean;
  simulated: boolean;
  money: { currency: string; spent?: string; granted?: string; left?: string };
  /** What `undo` would take back. */
  undo?: string;
  undoTold?: CodedMessage<DoneCode> /** Absent for what an earlier version did. */;
  /** Names it: `of` of a request to take it back. */
  undoOf?: string;
  /** Who works on the store or the book now; `doing`: the same as a code. */
  busy?: { who: string; doing?: CodedMessage<JobCode> };
  /** Decisions without their line, conflicts, and what else a person should know, in plain words. */
  notes: string[];
  notesTold?: CodedMessage<NoteCode>[] /** In the same order. */;
  /** How many `[?]` its texts have; absent for none. */
  openSpeakers?: number;
  /** How many changes are proposed for its texts; absent for none. */
  proposals?: number;
}

/** `GET /studio/api/chapters/{n}` */
export interface Chapter {
  number: number;
  title: string;
  role?: string;
  version: string;
  lines: Line[];
  /** Length of its sound. */
  seconds: number;
  /** Whether `/finished` has a file, and its media type. */
  finished: boolean;
  approved?: Approved;
}

/** `GET /studio/api/chapters/{n}/peaks`, of the same timeline as `/sound`. */
export interface Peaks {
  perSecond: number;
  /** Base64 of pairs of int8: least and greatest sample of each step, in 1/128. */
  peaks: string;
}

/** A take of a line. */
export interface Take {
  number: number;
  /** What identifies it: `Line.of` of a line that uses it. */
  of?: string;
  seconds: number;
  chosen: boolean;
  doubts: Doubt[];
  /** Gated loudness in LUFS; null for silence. */
  loudnessDb: number | null;
  peaks: Peaks;
}

/** `GET /studio/api/lines/{3:37}/takes` */
export interface Takes {
  takes: Take[];
}

/** A price before money is spent. */
export interface Price {
  /** Billionths of the currency's unit; what `agreed` repeats. 0: nothing is to be paid. */
  nanos: number;
  /** `0.0123 CNY` */
  text: string;
  segments: number;
  /** Chapters that would be made, of `/apply/price`. */
  chapters?: number[];
}

/** Where a job is. */
export type JobState = 'waiting' | 'speaking' | 'mastering' | 'binding' | 'done' | 'failed' | 'cancelled';

/** Work that takes a while. */
export interface Job {
  id: string;
  kind: 'retake' | 'apply';
  /** `3:37` */
  line?: string;
  state: JobState;
  percent?: number;
  /** What is happening, for people. */
  message: string;
  /** The same as a code; absent for words of the service or of a check. */
  doing?: CodedMessage<JobCode>;
  /** What it really cost, such as `0.0123 CNY`. */
  spent?: string;
  result?: { takes?: number[]; chapters?: number[]; files?: string[] };
  problem?: Problem;
}

/** `GET /studio/api/jobs`: those of this server, the latest last. */
export interface Jobs {
  jobs: Job[];
}

/** A line that was heard to its end. */
export interface HeardLine {
  /** Of the line. */
  id: string;
  /** Its takes: `Line.of`, `Take.of`. */
  of: string;
}

/** What `GET /studio/api/events` sends, as `data` of server-sent events without a name. */
export type StudioEvent =
  | { type: 'line'; line: Line }
  | { type: 'job'; job: Job }
  | { type: 'book'; book: Book }
  | { type: 'review'; version: string }
  /** Somebody has heard these lines; so many of their chapters' lines were heard now. */
  | { type: 'heard'; lines: HeardLine[]; chapters: { number: number; heard: number }[] }
  /** Somebody named speakers, or changed the cast. */
  | { type: 'attributions'; chapter?: number /** The page that asked. */; page?: string };

/** An error (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** What is wrong and what to do. */
  detail: string;
  /** A `ProblemCode`, or one of the HTTP API. */
  code: string;
  /** What stands in the sentence. */
  values?: Readonly<Record<string, string | number>>;
  /** The open faults of a chapter that is to be approved. */
  open?: string[];
  /** The lines of that chapter that nobody has heard. */
  unheard?: string[];
  /** The price now, when it is higher than agreed. */
  price?: Price;
}
