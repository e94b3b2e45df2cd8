/** The fields of report.json, which report.html shows too. */
import type { RunFinishedEvent, TakeDoubt } from '../events.ts';
import type { Consent } from '../manifest/manifest.ts';
import type { LinePlace, ParkedLine, RefusedLine } from '../plan/lines-to-review.ts';
import type { Curves } from '../qc/measured-file.ts';
import type { RuleVerdict } from '../qc/verdict.ts';
import type { CompletenessNote } from './completeness.ts';

/** A chapter in a report. */
export interface ReportChapter {
  index: number;
  title: string;
  /** Names in the folder; empty when it was not delivered. */
  files: string[];
  extras: string[];
  durationSeconds: number;
  loudnessLufs: number | null;
  verdict: 'pass' | 'fail' | 'none';
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: string;
  /** Every rule of the profile, for each kind of file; `part` only in a chapter of several parts. */
  checks: { format: string; part?: number; rules: RuleVerdict[] }[];
  /** Of the chapter, or of its first part. */
  curves: Curves;
  /** How many parts it is delivered in; absent for one piece. */
  parts?: number;
  /** Each part of a chapter that is delivered in several. */
  partCurves?: { durationSeconds: number; curves: Curves }[];
}

/** A line to listen to. */
export interface ReportDoubt extends Omit<LinePlace, 'segment'> {
  doubts: TakeDoubt[];
  /** How often it was spoken. */
  tries: number;
  pickup: boolean;
  /** Where the doubt begins in the chapter file; null when the chapter was not delivered. */
  atSeconds: number | null;
}

/** Who agreed that a character's voice is cloned; null where the manifest does not say. */
export interface ReportConsent {
  character: string;
  consent: Consent | null;
}

/** report.json. Fields are added and never renamed. */
export interface Report {
  format: 'narration-report';
  version: 1;
  title: string;
  author: string;
  syntheticSpeech: true;
  simulated: boolean;
  /** Everything was delivered and passes. */
  complete: boolean;
  /** The profile that it was mastered for and judged by. */
  profile: string;
  /** All files of this edition, by name. */
  files: string[];
  /** Files of earlier editions that stay until this one is complete. */
  kept: string[];
  chapters: ReportChapter[];
  book: { title: string; files: string[]; durationSeconds: number; verdict: string } | null;
  /** The EPUB with media overlays; absent when the manifest asks for none. */
  epub?: { title: string; files: string[]; durationSeconds: number; verdict: string };
  segments: RunFinishedEvent['segments'];
  voices: RunFinishedEvent['voices'];
  billedCharacters: number;
  /** What all takes that are heard in it were billed, in whatever run and for whatever book; null when that is not known of all. */
  takesBilledCharacters: number | null;
  calls: RunFinishedEvent['calls'];
  /** Takes that are kept with a doubt, worst first. */
  doubtful: ReportDoubt[];
  /** Lines that the service would not say. */
  refused: Omit<RefusedLine, 'segment'>[];
  /** Lines that were tried to the end and left. */
  parked: Omit<ParkedLine, 'segment'>[];
  /** Every character whose voice is cloned. */
  consent: ReportConsent[];
  /** Where each character of the text went: the file that says it, beside this one, with its digest. */
  completeness?: CompletenessNote;
  /** Planned against billed; of the run that wrote the report, which may have had little to do. */
  money: Pick<RunFinishedEvent, 'planned' | 'cost' | 'billedDifference' | 'usage' | 'unanswered' | 'budget'>;
}
