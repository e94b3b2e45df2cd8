/** The fields of report.json, which report.html shows too. */
import type { PartOfBook } from '../../events/plan-report.ts';
import type { RunFinishedEvent, TakeDoubt } from '../../events.ts';
import type { Consent } from '../../manifest/manifest.ts';
import type { LinePlace, ParkedLine, RefusedLine } from '../../plan/lines-to-review.ts';
import type { Curves } from '../../qc/measured-file.ts';
import type { RuleVerdict } from '../../qc/verdict.ts';
import type { SpendingSummary } from '../../store/spending/sums.ts';
import type { CompletenessNote } from '../completeness.ts';
import type { Disclosed } from '../disclosure.ts';

/** A place in a delivered file that a browser can play. */
export interface ReportSound {
  /** Name in the folder. */
  file: string;
  /** From the start of the file. */
  startSeconds: number;
  endSeconds: number;
}

/** A chapter in a report. */
export interface ReportChapter {
  index: number;
  title: string;
  /** Names in the folder; empty when it was not delivered, or is `inBook`. */
  files: string[];
  /** True for a chapter that has no file of its own and is heard in the book file. */
  inBook?: true;
  extras: string[];
  durationSeconds: number;
  loudnessLufs: number | null;
  verdict: 'pass' | 'fail' | 'none';
  /** Credits or the retail sample. Absent: a chapter of the text. */
  role?: string;
  /** Every rule of the profile, for each format; `part` only in a chapter of several parts. */
  checks: { format: string; part?: number; rules: RuleVerdict[] }[];
  /** Curves of the chapter, or of its first part. */
  curves: Curves;
  /** Number of parts. Absent: one. */
  parts?: number;
  /** Curves of each part. Absent: one part. */
  partCurves?: { durationSeconds: number; curves: Curves }[];
  /** Where each part is heard: in a file of its own, or in the book file. Absent: nowhere, or a report of an earlier version. */
  sounds?: ReportSound[];
}

/** A line to listen to. */
export interface ReportDoubt extends Omit<LinePlace, 'segment'> {
  doubts: TakeDoubt[];
  /** Number of tries. */
  tries: number;
  pickup: boolean;
  /** Start of the doubt in the chapter file; null when the chapter was not delivered. */
  atSeconds: number | null;
  /** Where the take is heard, without what is around it. Absent: nowhere, or a report of an earlier version. */
  sound?: ReportSound;
}

/** Who agreed that a character's voice is cloned; null when the manifest does not state it. */
export interface ReportConsent {
  character: string;
  consent: Consent | null;
}

/** That a machine speaks, and the numbers of files that say so. */
export interface ReportDisclosure extends Omit<Disclosed, 'marks'> {
  /** Name of the file with all of it. */
  file: string;
  marks: Omit<Disclosed['marks'], 'files'> & {
    /** Files that have marks. */
    written: number;
    /** Files whose marks were read back. */
    verified: number;
  };
}

/** report.json. Fields are added and never renamed. */
export interface Report {
  format: 'narration-report';
  version: 1;
  title: string;
  author: string;
  /** ID of the store that made it. Absent in reports of earlier versions. */
  store?: string;
  syntheticSpeech: true;
  simulated: boolean;
  /** Everything was delivered and passes. */
  complete: boolean;
  /** Written by a run for these chapters only, so it is never complete. Absent: the whole book. */
  partial?: PartOfBook;
  /** The profile that it was mastered for and judged by. */
  profile: string;
  /** All files of this edition, by name. */
  files: string[];
  /** Files of earlier editions that stay until this one is complete. */
  kept: string[];
  chapters: ReportChapter[];
  book: { title: string; files: string[]; durationSeconds: number; verdict: string } | null;
  /** The EPUB with media overlays. Absent: not requested. */
  epub?: { title: string; files: string[]; durationSeconds: number; verdict: string };
  segments: RunFinishedEvent['segments'];
  voices: RunFinishedEvent['voices'];
  billedCharacters: number;
  /** Billed characters of all takes in this edition, in any run and for any book; null when unknown for some. */
  takesBilledCharacters: number | null;
  calls: RunFinishedEvent['calls'];
  /** Takes that were accepted with a doubt, worst first. */
  doubtful: ReportDoubt[];
  /** Lines that the service would not say. */
  refused: Omit<RefusedLine, 'segment'>[];
  /** Lines that failed all tries and were skipped. */
  parked: Omit<ParkedLine, 'segment'>[];
  /** Every character whose voice is cloned. */
  consent: ReportConsent[];
  /** What disclosure.json says, without the list of files. Absent in reports of earlier versions. */
  disclosure?: ReportDisclosure;
  /** The completeness file next to this report, with its digest. */
  completeness?: CompletenessNote;
  /** Planned and billed, of the run that wrote the report, which may have spoken only a part. */
  money: Pick<RunFinishedEvent, 'planned' | 'cost' | 'billedDifference' | 'usage' | 'unanswered' | 'budget'>;
  /** What was paid for this book in all runs with this store. Absent: nothing is recorded. */
  spent?: SpendingSummary;
}
