/** What completeness.json contains, from which schema/completeness.schema.json is made. Fields are added and never renamed. */
import type { PartOfBook } from '../events/plan-report.ts';
import type { Edition, EditionChapter, EditionSegment } from '../plan/edition.ts';

/** The file. Places in texts and sound are as its `units` say. */
export interface CompletenessFile extends Omit<Edition, 'chapters' | 'book'> {
  format: 'narration-completeness';
  version: 1;
  about: string;
  units: Record<'text' | 'sound' | 'digest', string>;
  /** The whole book was delivered and passes. */
  complete: boolean;
  /** Only these chapters were run. */
  partial?: PartOfBook;
  chapters: CompletenessChapter[];
  /** Null when there is no M4B. */
  book: { name: string; digest: string; chapters: object[] } | null;
}

/** A chapter. */
export interface CompletenessChapter extends Pick<EditionChapter, 'title' | 'master' | 'ffmpeg'> {
  /** 1-based. */
  index: number;
  delivered: boolean;
  /** Null for a text that the program composed. */
  source: { file: string; digest: string; kind: string; characters: number } | null;
  sampleRateHz: number;
  samples: number;
  parts?: { part: number; samples: number }[];
  files: { name: string; format: string; part?: number; digest: string; sampleRateHz?: number }[];
  segments: CompletenessSegment[];
  /** Every stretch of the text: the segment that speaks it, or why it is not spoken. */
  ranges: { start: number; end: number; segment?: number; [field: string]: unknown }[];
}

/** A segment, its take and its place. */
export interface CompletenessSegment extends Omit<EditionSegment, 'take' | 'sound'> {
  /** 1-based in its chapter. */
  segment: number;
  /** `3:37`, or `3:37.2`. */
  number: string;
  take: { key: string; [field: string]: unknown };
  /** Null until it is in a delivered chapter. */
  sound: { start: number; end: number; from?: number; part?: number } | null;
}
