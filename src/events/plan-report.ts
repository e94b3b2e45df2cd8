/** The report of a plan, as `plan --json` and the event `run.planned` show it. */

/** An amount of money. */
export interface Money {
  amount: number;
  /** ISO 4217, such as `CNY`. */
  currency: string;
}

/** The chapters of text that a run or a plan is for (`--chapter`), and how many the book has. */
export interface PartOfBook {
  /** Their numbers, ascending. */
  chapters: number[];
  of: number;
}

/** What a run would do, why, and what it would cost: `plan --json`. A public contract: add fields, never rename them. */
export interface PlanReport {
  type: 'plan';
  title: string;
  /** Only these chapters; absent for the whole book. */
  partial?: PartOfBook;
  model: string;
  /** `lookFirst`: how many of those to enroll may exist at the service, whose list is checked before anything is paid. */
  voices: { enroll: number; reuse: number; lookFirst: number };
  segments: { total: number; synthesize: number; reuse: number };
  billedCharacters: number;
  /** At full price, without free use; null when the price is unknown, and when there are `costs`. */
  cost: Money | null;
  /** The sum in each currency, when the book's models are priced in several; absent otherwise. */
  costs?: Money[];
  /** The cost is an estimate: the model bills the length of the speech, which is not known before. */
  estimated: boolean;
  /** Estimated tokens of such a model; null for a model that bills characters. */
  tokens: { input: number; output: number } | null;
  /** Takes whose words are heard, and what that likely costs beside `cost`; null: no price. Absent: none are. */
  hearing?: { words: 'all' | 'suspects'; model: string; takes: number; audioSeconds: number; cost: Money | null };
  chapters: PlanReportChapter[];
  /** `model`: only where it is not the book's. */
  cast: { characters: string[]; need: 'enroll' | 'reuse'; lookFirst: boolean; model?: string }[];
  /** Each model that speaks, the book's first; absent for a book with one model. */
  models?: PlanReportModel[];
  /** The M4B; null when the manifest asks for none. */
  book: { need: 'make' | 'reuse' } | null;
  /** Source of the prices. `own`: they are the user's own. */
  prices: { currency: string; source: string; date: string; own: boolean };
  /** Free use that the user has stated, and whether it covers the whole plan; null when none is stated. */
  free: { characters: number | null; seconds: number | null; until: string | null; coversAll: boolean } | null;
  /** `kept`: the plan is within what is left of the budget. `spent`, `held`: by earlier runs with it, and set aside for runs. */
  budget: (Money & { kept: boolean; spent: number; held: number }) | null;
  /** Calls and time, estimated by the account's limits and its usual speed. */
  work: {
    calls: { enroll: number; synthesize: number };
    /** Calls that the account allows each minute; null when no figure is known. */
    callsPerMinute: number | null;
    sessionsAtOnce: number;
    /** Seconds of speech. */
    audioSeconds: number;
    timesRealtime: number;
    /** The speed was measured in an earlier run of this account; otherwise it is assumed. */
    measured: boolean;
    seconds: number;
  };
  /** With retries and re-takes; the budget bounds the most. `measured`: by an earlier run. Null: nothing is to be spoken. */
  range: { likely: PlanAmounts; most: PlanAmounts; measured: boolean } | null;
  /** Whether a run that begins now likely ends by the time of `--by`; ISO 8601, UTC. Null without `--by`. */
  deadline: { by: string; expected: string; kept: boolean; secondsLeft: number } | null;
  /** Voices of the account in the ledger, and how many the account may have. */
  voiceQuota: { known: number; most: number | null };
}

/** What a run needs: calls that speak, how often it tries each segment, and the cost with the voices. */
export interface PlanAmounts {
  billedCharacters: number;
  cost: Money | null;
  calls: number;
  tries: number;
  seconds: number;
}

/** What one model of a book with several has to do. */
export interface PlanReportModel {
  model: string;
  /** Whom it speaks. */
  characters: string[];
  voices: { enroll: number; reuse: number };
  segments: { total: number; synthesize: number; reuse: number };
  billedCharacters: number;
  cost: Money | null;
  prices: PlanReport['prices'];
}

/** A chapter of a plan. */
export interface PlanReportChapter {
  /** 1-based. */
  index: number;
  title: string;
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: 'opening-credits' | 'closing-credits' | 'retail-sample';
  /** Number of lines that use the author's own recordings. */
  pickups: number;
  /** Segments to speak. */
  synthesize: number;
  segments: number;
  billedCharacters: number;
  /** Number of segments for each reason; `master` is the reason why the chapter is mastered, or `stored`. */
  reasons: Record<string, number | string>;
  master: { need: 'make' | 'reuse'; reason: string; changed: string[] };
  /** Segments that are spoken again, in the order of the text. */
  changes: PlanReportChange[];
  /** How many more changed segments there are. */
  changesLeftOut: number;
  coverage: object;
}

/** A segment that is to be spoken again. */
export interface PlanReportChange {
  /** 1-based place in the book. */
  ordinal: number;
  /** Number of its line: `3:37`, or `3:37.2` for a segment of a line. */
  number: string;
  character: string;
  reason: string;
  /** The new words; `before`: the old words, when the words changed. */
  text: string;
  before: string | null;
}
