/** A draft: every step that a book could need, with its key. */
import type { Realm } from '../account.ts';
import type { Disclosure } from '../manifest/fields/disclosure.ts';
import type { Publication } from '../manifest/fields/publication.ts';
import type { ChapterRole, Manifest } from '../manifest/manifest.ts';
import type { Model } from '../models/model.ts';
import type { Segment } from '../script/cut/cut-segments.ts';
import type { Coverage } from '../script/text/coverage.ts';
import type { SourceText } from '../script/text/source.ts';
import type { Asset, BindStep, EnrollStep, MasterStep, SynthesizeStep } from './step.ts';

/** What a draft is made from: a checked manifest, its texts cut into segments, and its files by their digests. */
export interface DraftSource {
  manifest: Manifest;
  chapters: readonly SourceChapter[];
  /** By character name: one for every speaking character whose voice is cloned from a sample. */
  samples: ReadonlyMap<string, Asset>;
  cover?: Asset;
  /** Where the retail sample begins (chapter number, 0-based index of the segment), and how long it should be. */
  sample?: { chapter: number; firstSegment: number; seconds: number };
  /** The author's own recordings, by the path that segments name. Default: none. */
  pickups?: ReadonlyMap<string, Asset>;
  realm: Realm;
  /** How one's own server is spoken to; only for a manifest with `engine`. */
  profile?: string;
  /** Only the keys of an earlier version of mastering: to find what it made. Default: this version's. */
  masteringVersion?: number;
  /** Version of the binding. Default: this program's, but the first beside an earlier version of mastering. */
  bindingVersion?: number;
}

/** A chapter's text, cut into segments, with the proof that nothing is lost. */
export interface SourceChapter {
  /** 1-based; opening credits have 0, closing credits the number after the last chapter. */
  number: number;
  title: string;
  /** Absent for a chapter of the text. */
  role?: ChapterRole;
  segments: readonly Segment[];
  /** Sections under headings within the chapter, with the first segment of each, in order. Absent: none. */
  sections?: readonly { title: string; firstSegment: number }[];
  coverage: Coverage;
  /** Absent when the program composed the text. */
  source?: SourceText;
}

/** All steps of a book in the order of the text. */
export interface Draft {
  title: string;
  model: Model;
  /** One for each distinct voice that speaks. */
  voices: EnrollStep[];
  chapters: DraftChapter[];
  /** The book file, when the manifest asks for one. */
  book?: BindStep;
  delivery: Delivery;
}

/** What is delivered. It does not affect results in the store, so it is in no key. */
export interface Delivery extends Pick<Manifest, 'formats' | 'subtitles' | 'captionUnit' | 'extras'> {
  author: string;
  /** For the EPUB's metadata, beside title and author. */
  language?: string;
  narrator?: string;
  /** Whom the trade names as the narrator when the manifest names nobody. */
  tradeNarrator?: string;
  /** How the book was published; for the files' tags. */
  publication?: Publication;
  /** Marks of one country besides those of every file. */
  disclosure?: Disclosure;
  mastering: Manifest['mastering'];
  custom?: Manifest['custom'];
}

/** The steps of one chapter. */
export interface DraftChapter {
  number: number;
  title: string;
  /** Credits or the retail sample; absent for a chapter of the text. */
  role?: ChapterRole;
  /** In playing order; a repeated segment appears each time. */
  segments: SynthesizeStep[];
  /** For each segment, the index of its line: what one speaker says in one go. */
  lines: number[];
  /** 0-based indexes of the segments that end a scene; absent when there is none. */
  scenes?: number[];
  master: MasterStep;
  /** How much of the chapter's source is spoken or left out. */
  coverage: Coverage;
  /** The source, and what became of each of its characters; absent when the program composed the text. */
  source?: SourceText;
}
