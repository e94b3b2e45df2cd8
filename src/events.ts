/**
 * Everything that can be said about a run while it happens. Events describe; they never steer.
 *
 * With `--json` each one is printed as a line of JSON as it stands here, so fields are added and never renamed.
 */
import type { ErrorCode } from './errors.ts';

/** Why something was given up: a failure of the world by its code, or `internal` for a fault of the program. */
export type FailureCode = ErrorCode | 'internal';

/** A failure as an event names it. */
export interface Trouble {
  code: FailureCode;
  message: string;
}

/** Whether a result was made now, taken over from the service after a crash, or was there already. */
export type Outcome = 'made' | 'adopted' | 'reused';

/** Something about a take that a check did not like. In events, records of takes and reports. */
export interface TakeDoubt {
  /** Name of the check (src/qc/take.ts). */
  check: string;
  /** What was measured and what would be right, in words. */
  measured: string;
  wanted: string;
  /** From 1: its severity, and behind the point how far beyond the bound. */
  badness: number;
  /** Where in the take, in seconds from its first sample; absent when all of it is meant. */
  atSeconds?: number;
}

/** One thing that happened. */
export type PipelineEvent =
  | { type: 'run.started'; title: string; manifest: string; simulated: boolean }
  | {
      type: 'run.planned';
      voices: { enroll: number; reuse: number };
      segments: { total: number; synthesize: number; reuse: number };
      chapters: { total: number; master: number };
      /** The book file is to be bound. */
      bind: boolean;
      billedCharacters: number;
      /** Seconds of speech; an estimate. */
      audioSeconds: number;
      cost: Money | null;
      /** As in the plan's report. */
      estimated: boolean;
      tokens: PlanReport['tokens'];
      /** All that `plan --json` says, with the first changed lines of each chapter. */
      plan: PlanReport;
    }
  | { type: 'budget.reached'; message: string }
  /** Handed in with --detach; `deliverers` worker processes are there now to see it through. */
  | { type: 'run.submitted'; id: string; title: string; deliverers: number }
  | { type: 'notice'; level: 'info' | 'warning'; message: string }
  | { type: 'voice.ready'; characters: string[]; outcome: Outcome }
  | { type: 'voice.failed'; characters: string[]; code: FailureCode; message: string }
  | {
      type: 'segment.done';
      /** 1-based. */
      chapter: number;
      /** 1-based place in the book. */
      ordinal: number;
      character: string;
      outcome: Outcome;
      audioSeconds: number;
      /** How often it was spoken, when that was more than once. */
      tries?: number;
    }
  | {
      /** Kept, but its checks leave a doubt: somebody should listen. */
      type: 'segment.doubtful';
      chapter: number;
      ordinal: number;
      character: string;
      text: string;
      /** Worst first. */
      doubts: TakeDoubt[];
      /** How often it was spoken. */
      tries: number;
    }
  | {
      type: 'segment.failed';
      chapter: number;
      ordinal: number;
      character: string;
      text: string;
      code: FailureCode;
      message: string;
    }
  | ProgressEvent
  | ({ type: 'chapter.delivered'; outcome: 'made' | 'reused' | 'unchanged' } & DeliveredChapter)
  | ({ type: 'book.delivered'; outcome: 'made' | 'reused' | 'unchanged' } & DeliveredBook)
  | ({ type: 'epub.delivered'; outcome: 'made' | 'unchanged' } & DeliveredBook)
  | { type: 'epub.failed'; title: string; code: FailureCode; message: string }
  | { type: 'book.failed'; title: string; code: FailureCode; message: string }
  | { type: 'chapter.failed'; index: number; title: string; code: FailureCode; message: string }
  | RunFinishedEvent
  | ErrorEvent;

/** An amount of money. */
export interface Money {
  amount: number;
  /** ISO 4217, such as `CNY`. */
  currency: string;
}

/** What a run would do, why, and what it would cost: `plan --json`. Relied upon from outside: add, never rename. */
export interface PlanReport {
  type: 'plan';
  title: string;
  model: string;
  /** `lookFirst`: of those to enrol, how many may be at the service already and are looked for before anything is paid. */
  voices: { enroll: number; reuse: number; lookFirst: number };
  segments: { total: number; synthesize: number; reuse: number };
  billedCharacters: number;
  /** At full price, whatever is free; null when nobody knows the price. */
  cost: Money | null;
  /** The cost is an estimate: the model bills the length of the speech, which nobody knows before. */
  estimated: boolean;
  /** What such a model is likely to count; null for one that bills characters. */
  tokens: { input: number; output: number } | null;
  chapters: PlanReportChapter[];
  cast: { characters: string[]; need: 'enroll' | 'reuse'; lookFirst: boolean }[];
  /** The M4B; null when the manifest asks for none. */
  book: { need: 'make' | 'reuse' } | null;
  /** Who says what it costs. `own`: the user's own prices. */
  prices: { currency: string; source: string; date: string; own: boolean };
  /** Free use that the user has told of, and whether all of this plan is within it; null when none was told. */
  free: { characters: number | null; seconds: number | null; until: string | null; coversAll: boolean } | null;
  /** `kept`: the plan stays within it. */
  budget: (Money & { kept: boolean }) | null;
  /** What the account's limits and its usual speed make of it; estimates. */
  work: {
    calls: { enroll: number; synthesize: number };
    /** Calls that the account may make in a minute; null when no figure is known. */
    callsPerMinute: number | null;
    sessionsAtOnce: number;
    /** Seconds of speech. */
    audioSeconds: number;
    timesRealtime: number;
    /** The speed was measured in an earlier run of this account, and is not the usual figure. */
    measured: boolean;
    seconds: number;
  };
  /** Voices that the ledger knows of the account, and how many it may have. */
  voiceQuota: { known: number; most: number };
}

/** A chapter of a plan. */
export interface PlanReportChapter {
  /** 1-based. */
  index: number;
  title: string;
  /** Of credits and the retail sample. */
  role?: DeliveredChapter['role'];
  /** Lines that are heard from the author's own recordings. */
  pickups: number;
  /** Segments to speak. */
  synthesize: number;
  segments: number;
  billedCharacters: number;
  /** How many segments for each reason; `master` says why the chapter is mastered, or `stored`. */
  reasons: Record<string, number | string>;
  master: { need: 'make' | 'reuse'; reason: string; changed: string[] };
  /** Segments that are spoken though they were before, in the order of the text. */
  changes: PlanReportChange[];
  /** How many more there are. */
  changesLeftOut: number;
  coverage: object;
}

/** A segment that is to be spoken again. */
export interface PlanReportChange {
  /** 1-based place in the book. */
  ordinal: number;
  character: string;
  reason: string;
  /** The words as they are to be spoken; `before`, as they were, where it is the words that changed. */
  text: string;
  before: string | null;
}

/** How far the run is; sent after each step that ended. */
export interface ProgressEvent {
  type: 'progress';
  voices: { done: number; total: number };
  /** Counts only segments that this run has to speak. */
  segments: { done: number; total: number };
  chapters: { done: number; total: number };
  /** Chapters that this run masters; `share`: how much of all that work is finished, 0 to 1. */
  mastering: { done: number; total: number; share: number };
  /** How much of the book file is bound, 0 to 1; null before and after. */
  binding: { share: number } | null;
  /** Seconds of speech made by this run so far. */
  audioSeconds: number;
  /** `audioSeconds` over the time since the first segment began; null before there is any. */
  timesRealtime: number | null;
  /** Estimated seconds until the last segment; null before there is a rate. */
  secondsLeft: number | null;
}

/** A chapter as it was delivered. */
export interface DeliveredChapter {
  /** 1-based number of the chapter; opening credits have 0, closing credits and a retail sample what follows the last. */
  index: number;
  title: string;
  /** Absent for a chapter of the text. */
  role?: 'opening-credits' | 'closing-credits' | 'retail-sample';
  /** How many parts it was delivered in; absent for one piece. */
  parts?: number;
  /** Paths of its files; empty when it was not delivered. */
  files: string[];
  durationSeconds: number;
  /** Integrated loudness of the finished file; null for silence or when there is no file. */
  loudnessLufs: number | null;
  verdict: 'pass' | 'fail' | 'none';
  /** Paths of what lies beside them: subtitles, labels, single lines. */
  extras?: string[];
}

/** The book file as it was delivered. */
export interface DeliveredBook {
  title: string;
  /** Paths of its files; empty when it was not delivered. */
  files: string[];
  /** Paths of what lies beside them: a cue sheet. */
  extras?: string[];
  durationSeconds: number;
  /** `fail` when one of its chapters fails. */
  verdict: 'pass' | 'fail' | 'none';
}

/** The last event of every run that got past its manifest. Relied upon from outside: add, never rename. */
export interface RunFinishedEvent {
  type: 'run.finished';
  /** Every chapter, and the book file if one was asked for, was delivered and none fails its check. */
  ok: boolean;
  /** Some of the speech came from a simulator. */
  simulated: boolean;
  voices: { enrolled: number; reused: number };
  segments: { total: number; synthesized: number; reused: number; failed: number };
  billedCharacters: number;
  calls: { enroll: number; list: number; synthesize: number };
  chapters: DeliveredChapter[];
  /** The M4B; null when the manifest asks for none. */
  book: DeliveredBook | null;
  /** The EPUB with media overlays; absent when the manifest asks for none. */
  epub?: DeliveredBook;
  /** Takes that are kept with a doubt, from this run or an earlier one; and takes spoken again because of one. */
  takes: { doubtful: number; spokenAgain: number };
  /** Folder of the delivered files. */
  folder: string;
  /** Wall time of the run. */
  seconds: number;
  /** What the plan said before anything was sent. */
  planned: {
    billedCharacters: number;
    cost: Money | null;
    /** The cost was an estimate, and `tokens` with it: the model bills the length of the speech. */
    estimated: boolean;
    tokens: { input: number; output: number } | null;
  };
  /** What was spent, by the service's own figures; null when nobody knows the price, or the account of it was lost. */
  cost: Money | null;
  /** `billedCharacters` less the planned ones. */
  billedDifference: number;
  /** The service's own figures as they came, over all answers; characters or tokens, by the model. Null as above. */
  usage: { characters: number; inputTokens: number; outputTokens: number } | null;
  /** Texts that were sent and whose answer was lost: they may be billed, and `cost` counts them in full. */
  unanswered: { calls: number; billedCharacters: number };
  /** The budget, if there was one; `unspoken`: segments that were left because of it. */
  budget: (Money & { reached: boolean; unspoken: number }) | null;
}

/**
 * A command ended before it could do its work; with `--json`, the last line on stdout. A run that began ends with
 * `run.finished` instead. Relied upon from outside: add, never rename.
 */
export interface ErrorEvent {
  type: 'error';
  /** A failure, a command line or a setting that can not be meant, or a manifest with mistakes. */
  code: FailureCode | 'wrong-command-line' | 'wrong-setting' | 'manifest-mistakes';
  message: string;
  /** The exit code that the program ends with. */
  exitCode: number;
  /** Every mistake of the manifest and its files, as `check --json` prints them. */
  diagnostics?: readonly object[];
}

/** Takes events as they happen. Must not throw. */
export type Emit = (event: PipelineEvent) => void;
