/** A draft: every step that a book could need, each with its key. Pure. */
import type { Realm } from '../account.ts';
import type { ChapterRole, Manifest } from '../manifest/manifest.ts';
import type { Model } from '../models.ts';
import type { Coverage } from '../script/coverage.ts';
import type { Segment } from '../script/segments.ts';
import type { SourceText } from '../script/source.ts';
import type { Asset, BindStep, EnrollStep, MasterStep, SynthesizeStep } from './step.ts';

/** What a draft is made from: a checked manifest with its texts cut and its files identified. */
export interface DraftSource {
  manifest: Manifest;
  chapters: readonly SourceChapter[];
  /** By character name; one for every speaking character that is cloned from a sample. */
  samples: ReadonlyMap<string, Asset>;
  cover?: Asset;
  /** Where the retail sample begins: number of the chapter, 0-based index of its segment, and how long it should be. */
  sample?: { chapter: number; firstSegment: number; seconds: number };
  /** The author's own recordings, by the path as segments name it; none when left out. */
  pickups?: ReadonlyMap<string, Asset>;
  realm: Realm;
}

/** A chapter's text, cut, with the proof that nothing of it is lost. */
export interface SourceChapter {
  /** 1-based; opening credits have 0, closing credits the number behind the last chapter. */
  number: number;
  title: string;
  /** Absent for a chapter of the text. */
  role?: ChapterRole;
  segments: readonly Segment[];
  /** What the author put under headings within the chapter, with the first segment of each, in order. Absent: nothing. */
  sections?: readonly { title: string; firstSegment: number }[];
  coverage: Coverage;
  /** Absent where we composed the text ourselves. */
  source?: SourceText;
}

/** All steps of a book in the order of the text. */
export interface Draft {
  title: string;
  model: Model;
  /** One per distinct voice that speaks. */
  voices: EnrollStep[];
  chapters: DraftChapter[];
  /** The book file, when the manifest asks for one. */
  book?: BindStep;
  delivery: Delivery;
}

/** What is put where the producer looks. It shapes no result in the store, so it is in no key. */
export interface Delivery extends Pick<Manifest, 'formats' | 'subtitles' | 'captionUnit' | 'extras'> {
  author: string;
  /** What the EPUB says of itself beside title and author. */
  language?: string;
  narrator?: string;
  mastering: Manifest['mastering'];
  custom?: Manifest['custom'];
}

/** The steps of one chapter. */
export interface DraftChapter {
  number: number;
  title: string;
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: ChapterRole;
  /** In the order they are heard; equal segments appear as often as they are heard. */
  segments: SynthesizeStep[];
  /** For each segment the index of its line: what one speaker says in one go. */
  lines: number[];
  /** 0-based indexes of the segments that a scene ends with; absent when there is none. */
  scenes?: number[];
  master: MasterStep;
  /** How much of the chapter's source went where. */
  coverage: Coverage;
  /** The source itself, and where each of its characters went; absent where we composed the text ourselves. */
  source?: SourceText;
}
