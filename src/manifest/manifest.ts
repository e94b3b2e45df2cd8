import type { Budget } from './budget.ts';
import type { CustomMastering } from './mastering.ts';
import type { OffsetMap } from './offsets.ts';
import type { TextRange } from './position.ts';
import type { Pronunciation } from './pronunciation.ts';

/** Kinds of chapter file that we deliver. */
export const CHAPTER_FORMATS = ['mp3', 'm4a', 'flac', 'wav'] as const;
/** A kind of chapter file. */
export type AudioFormat = (typeof CHAPTER_FORMATS)[number];

/** Kinds of file that a manifest can ask for: those of chapters, and `m4b` for the whole book in one. */
export const AUDIO_FORMATS = [...CHAPTER_FORMATS, 'm4b'] as const;
/** A kind of file that a manifest can ask for. */
export type OutputFormat = (typeof AUDIO_FORMATS)[number];
/** What is delivered when the manifest does not say. */
export const DEFAULT_FORMATS: readonly OutputFormat[] = ['mp3', 'm4a', 'm4b'];

/** Kinds of subtitle file for each chapter; also their file endings. */
export const SUBTITLE_FORMATS = ['srt', 'vtt', 'lrc'] as const;
/** A kind of subtitle file. */
export type SubtitleFormat = (typeof SUBTITLE_FORMATS)[number];

/** How much one subtitle holds. */
export const CAPTION_UNITS = ['line', 'sentence', 'word'] as const;
/** `line`: all that one speaker says in one go; `sentence`: what fits a screen; `word`: sentences with a time for each word. */
export type CaptionUnit = (typeof CAPTION_UNITS)[number];

/** Kinds of file that single lines are delivered as. */
export const LINE_FORMATS = ['wav', 'mp3', 'flac'] as const;
/** A kind of file for single lines. */
export type LineFormat = (typeof LINE_FORMATS)[number];

/** What else can be delivered: a cue sheet of the M4B, label tracks for Audacity, an EPUB 3 with media overlays. */
export const EXTRAS = ['cue', 'labels', 'epub'] as const;
/** Something else to deliver. */
export type Extra = (typeof EXTRAS)[number];

/** What a part of the book is that is none of its own chapters. */
export type ChapterRole = 'opening-credits' | 'closing-credits' | 'retail-sample';

/** Delivery profiles; the numbers are in src/qc/profiles.ts. */
export const PROFILE_NAMES = ['acx', 'podcast', 'broadcast', 'none'] as const;
/** The name of a delivery profile. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** A manifest whose every value was checked and whose defaults are filled in. The files that it names were not looked at yet. */
export interface Manifest {
  title: string;
  author?: string;
  /** Who is named as the narrator; absent: the voice is said to be synthetic. */
  narrator?: string;
  year?: number;
  /** Absent: `Audiobook`. */
  genre?: string;
  /** ISO code, one that the model speaks. */
  language: string;
  cover?: FileRef;
  /** Id of a known model (src/models.ts). */
  model: string;
  /** In the manifest's order; no two share a name or alias. */
  characters: Character[];
  chapters: ChapterSource[];
  /** How words are said; empty when the manifest says nothing. */
  pronunciations: PlacedPronunciation[];
  /** A file with more of them, which the book's own win over. */
  pronunciationFile?: FileRef;
  /** A repeated line gets a take of its own each time. */
  varyRepeats: boolean;
  /** Milliseconds, by boundary; what is missing keeps its default. */
  pausesMs: PausesMs;
  /** Not empty, no format twice. */
  formats: OutputFormat[];
  mastering: ProfileName;
  /** What is changed of the profile. */
  custom?: CustomMastering;
  subtitles: SubtitleFormat[];
  captionUnit: CaptionUnit;
  extras: Extra[];
  /** A file for each line, of this kind; absent: none. */
  lines?: LineFormat;
  credits?: Credits;
  retailSample?: RetailSampleRequest;
  /** No voice is cloned without a consent. */
  requireConsent: boolean;
  /** Most that a run may spend; undefined: no limit. */
  budget?: Budget;
}

/** The pauses that a manifest can set. `head` and `tail` are those of a chapter. */
export const PAUSE_NAMES = ['clause', 'sentence', 'paragraph', 'speaker', 'scene', 'head', 'tail'] as const;
/** Pauses that the manifest sets, in milliseconds. */
export type PausesMs = Partial<Record<(typeof PAUSE_NAMES)[number], number>>;

/** An entry of a word list, and where it stands. */
export interface PlacedPronunciation extends Pronunciation {
  at: TextRange;
}

/** A file that the manifest names, relative to the manifest's folder, with `/` between the parts. */
export interface FileRef {
  path: string;
  /** Where the manifest says so. */
  at: TextRange;
}

/** A named speaker. */
export interface Character {
  name: string;
  /** Other names that a tag may use. */
  aliases: string[];
  source: VoiceSource;
  /** How words are said when this character says them. */
  pronunciations: PlacedPronunciation[];
  /** Who agreed that the voice is cloned; shapes no sound and is in no key. */
  consent?: Consent;
  /** Where the manifest introduces the character. */
  at: TextRange;
}

/** That the person in a recording agreed to be cloned. */
export interface Consent {
  /** The person. */
  by: string;
  /** The day, `yyyy-mm-dd`. */
  on: string;
  /** Where that is recorded: a file, an archive's number. Only told on, never opened. */
  recording?: string;
}

/** Where a voice comes from: a recording to clone, or a voice that the author enrolled before. */
export type VoiceSource =
  | { kind: 'sample'; ref: SampleRef; transcript?: string }
  | { kind: 'voice'; voiceId: string; at: TextRange };

/** A recording beside the manifest, or one behind an https address. */
export type SampleRef = FileRef | { url: string; at: TextRange };

/** A spoken credit; plain text, in which no tag means anything. */
export interface Credit {
  text: string;
  /** Name of the character that speaks it. */
  speaker: string;
  /** Where the manifest asks for it. */
  at: TextRange;
}

/** The credits that a manifest asks for. */
export interface Credits {
  opening?: Credit;
  closing?: Credit;
}

/** The retail sample that a manifest asks for. */
export interface RetailSampleRequest {
  /** 1-based number of the chapter that it is taken from. */
  chapter: number;
  /** Words of the line that it begins with; without them the chapter's first line that is not its heading. */
  from?: string;
  /** How long it should be. */
  seconds: number;
  at: TextRange;
}

/** A chapter as the manifest gives it. */
export interface ChapterSource {
  /** 1-based. */
  number: number;
  title: string;
  source: ChapterText;
  /** Where its title stands. */
  at: TextRange;
}

/** A chapter's text: in a file of its own, or inside the manifest with a map back to the manifest's offsets. */
export type ChapterText = { kind: 'file'; ref: FileRef } | { kind: 'text'; text: string; offsets: OffsetMap };
