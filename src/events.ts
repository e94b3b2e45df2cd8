/**
 * The events of a run. They describe it and never control it.
 *
 * With `--json` each event is printed as a line of JSON as it is defined here, so fields are added and never renamed.
 */
import type { ErrorCode } from './errors.ts';
import type { DeliveredBook, DeliveredChapter } from './events/delivered.ts';
import type { Money, PartOfBook, PlanReport } from './events/plan-report.ts';

/** Why something was given up: the code of a `PipelineError`, or `internal` for a bug in the program. */
export type FailureCode = ErrorCode | 'internal';

/** A failure as events report it. */
export interface ReportedFailure {
  code: FailureCode;
  message: string;
}

/** Whether a result was made now, adopted from the service after a crash, or reused from the store. */
export type Outcome = 'made' | 'adopted' | 'reused';

/** What a check found wrong with a take. In events, records of takes and reports. */
export interface TakeDoubt {
  /** Name of the check (src/qc/take.ts). */
  check: string;
  /** What was measured and what is expected, in words. */
  measured: string;
  wanted: string;
  /** Severity, from 1; the decimals say how far it is beyond the limit. */
  badness: number;
  /** Where in the take, in seconds from its start; absent when the whole take is meant. */
  atSeconds?: number;
}

/** An event. */
export type PipelineEvent =
  | {
      /** The run begins. */
      type: 'run.started';
      title: string;
      /** Path of the manifest. */
      manifest: string;
      /** The speech comes from a simulator. */
      simulated: boolean;
    }
  | {
      /** The plan is made, and nothing has been sent yet. */
      type: 'run.planned';
      voices: { enroll: number; reuse: number };
      segments: { total: number; synthesize: number; reuse: number };
      chapters: { total: number; master: number };
      /** Whether the book file is to be bound. */
      bind: boolean;
      /** Characters that the service bills. */
      billedCharacters: number;
      /** Seconds of speech; an estimate. */
      audioSeconds: number;
      /** At full price; null when the price is unknown, and when there are `costs`. */
      cost: Money | null;
      /** The sum in each currency, when the book's models are priced in several. */
      costs?: Money[];
      /** The cost is an estimate: the model bills the length of the speech. */
      estimated: boolean;
      tokens: PlanReport['tokens'];
      /** The report of `plan --json`, with only the first changed lines of each chapter. */
      plan: PlanReport;
    }
  | {
      /** The budget is spent: nothing more is sent, and what exists is mastered and delivered. */
      type: 'budget.reached';
      message: string;
    }
  | {
      /** The book was submitted with --detach; workers run it. */
      type: 'run.submitted';
      /** ID of the submitted book, for `status`, `pause` and `cancel`. */
      id: string;
      title: string;
      /** Worker processes that are running now and can deliver it. */
      deliverers: number;
    }
  | {
      /** Something that a person may want to know. */
      type: 'notice';
      level: 'info' | 'warning';
      message: string;
    }
  | {
      /** A voice can speak. */
      type: 'voice.ready';
      /** The characters that it speaks. */
      characters: string[];
      outcome: Outcome;
    }
  | {
      /** A voice cannot be made; the segments of its characters are not spoken. */
      type: 'voice.failed';
      characters: string[];
      code: FailureCode;
      message: string;
    }
  | {
      /** A segment has its take. It comes again for a take that was damaged, or doubted when more was known of its voice: the last one counts. */
      type: 'segment.done';
      /** 1-based. */
      chapter: number;
      /** 1-based place in the book. */
      ordinal: number;
      /** Number of its line: `3:37`, or `3:37.2` for a segment of a line. */
      number?: string;
      character: string;
      outcome: Outcome;
      audioSeconds: number;
      /** How often it was spoken, if more than once. */
      tries?: number;
    }
  | {
      /** The take was accepted, but a check found something: somebody should listen to it. */
      type: 'segment.doubtful';
      /** 1-based, as in `segment.done`. */
      chapter: number;
      ordinal: number;
      number?: string;
      character: string;
      text: string;
      /** Worst first. */
      doubts: TakeDoubt[];
      /** How often it was spoken. */
      tries: number;
    }
  | {
      /** A segment was given up; its chapter is not delivered. */
      type: 'segment.failed';
      /** 1-based, as in `segment.done`. */
      chapter: number;
      ordinal: number;
      number?: string;
      character: string;
      text: string;
      code: FailureCode;
      message: string;
    }
  | ProgressEvent
  | ({
      /** The files of a chapter are in the output folder. */
      type: 'chapter.delivered';
      /** `unchanged`: they were there already. */
      outcome: 'made' | 'reused' | 'unchanged';
    } & DeliveredChapter)
  | ({
      /** The M4B is in the output folder. */
      type: 'book.delivered';
      /** `unchanged`: it was there already. */
      outcome: 'made' | 'reused' | 'unchanged';
    } & DeliveredBook)
  | ({
      /** The EPUB with synchronized audio is in the output folder. */
      type: 'epub.delivered';
      /** `unchanged`: it was there already. */
      outcome: 'made' | 'unchanged';
    } & DeliveredBook)
  | {
      /** The EPUB could not be made or delivered. */
      type: 'epub.failed';
      title: string;
      code: FailureCode;
      message: string;
    }
  | {
      /** The M4B could not be made or delivered. */
      type: 'book.failed';
      title: string;
      code: FailureCode;
      message: string;
    }
  | {
      /** A chapter could not be made or delivered. */
      type: 'chapter.failed';
      /** As in `chapter.delivered`. */
      index: number;
      title: string;
      code: FailureCode;
      message: string;
    }
  | RunFinishedEvent
  | ErrorEvent;

/** Progress of the run; sent when a step ends. */
export interface ProgressEvent {
  /** A step has ended; sums of the run so far. */
  type: 'progress';
  voices: { done: number; total: number };
  /** Only segments that this run has to speak. */
  segments: { done: number; total: number };
  chapters: { done: number; total: number };
  /** Chapters that this run masters; `share`: how much of that work is finished, 0 to 1. */
  mastering: { done: number; total: number; share: number };
  /** How much of the book file is bound, 0 to 1; null before and after. */
  binding: { share: number } | null;
  /** Seconds of speech that this run has made so far. */
  audioSeconds: number;
  /** `audioSeconds` over the time since the first segment began; null until there is a rate. */
  timesRealtime: number | null;
  /** Estimated seconds until the last segment ends; null until there is a rate. */
  secondsLeft: number | null;
}

/** The last event of every run that began. A public contract: add fields, never rename them. */
export interface RunFinishedEvent {
  /** The run has ended; always its last event. */
  type: 'run.finished';
  /** Every chapter, and the book file if one is wanted, was delivered, and none fails its check. */
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
  /** Doubtful takes, from this run or earlier ones; and takes that were spoken again because of a check. */
  takes: { doubtful: number; spokenAgain: number };
  /** Only these chapters were to be made; the rest of the book is as it was. Absent for the whole book. */
  partial?: PartOfBook;
  /** Folder of the delivered files. */
  folder: string;
  /** Wall time of the run. */
  seconds: number;
  /** The figures of the plan, before anything was sent. */
  planned: {
    billedCharacters: number;
    cost: Money | null;
    /** Cost and tokens were estimates: the model bills the length of the speech. */
    estimated: boolean;
    tokens: { input: number; output: number } | null;
  };
  /** What was spent, by the service's own figures; null when the price is unknown, or the record of it was lost. */
  cost: Money | null;
  /** `billedCharacters` minus the planned ones. */
  billedDifference: number;
  /** Sum of the usage that the service reported: characters or tokens, by the model. Null as for `cost`. */
  usage: { characters: number; inputTokens: number; outputTokens: number } | null;
  /** Texts that were sent but never answered: they may be billed, and `cost` counts them in full. */
  unanswered: { calls: number; billedCharacters: number };
  /**
   * The budget, if there is one; `unspoken`: segments that were not spoken because of it. `spent`, `held`: of the grant, by
   * all its runs, and set aside for runs.
   */
  budget: (Money & { reached: boolean; unspoken: number; spent: number; held: number }) | null;
}

/**
 * A command ended before it could do its work; with `--json`, the last line on stdout. A run that began ends with
 * `run.finished` instead. A public contract: add fields, never rename them.
 */
export interface ErrorEvent {
  /** The command ended before it could do its work; always the last event. */
  type: 'error';
  /** A failure, an invalid command line or setting, or a manifest with errors. */
  code: FailureCode | 'wrong-command-line' | 'wrong-setting' | 'manifest-mistakes';
  message: string;
  /** The exit code that the program ends with. */
  exitCode: number;
  /** All errors of the manifest and its files, as `check --json` prints them. */
  diagnostics?: readonly object[];
}

/** Receives events as they happen. Must not throw. */
export type Emit = (event: PipelineEvent) => void;
