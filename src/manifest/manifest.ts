import type { OwnEngine } from '../models/model.ts';
import type { Budget } from './fields/budget.ts';
import type { Disclosure } from './fields/disclosure.ts';
import type { CustomMastering } from './fields/mastering.ts';
import type { Publication } from './fields/publication.ts';
import type { SpellClass } from './fields/spell-classes.ts';
import type { Pronunciation } from './pronunciation/pronunciation.ts';
import type { OffsetMap } from './yaml/offsets.ts';
import type { TextRange } from './yaml/position.ts';

/** File formats of chapters. */
export const CHAPTER_FORMATS = ['mp3', 'm4a', 'flac', 'wav'] as const;
/** A file format of chapters. */
export type AudioFormat = (typeof CHAPTER_FORMATS)[number];

/** File formats that a manifest can ask for: those of chapters, and `m4b` for the whole book in one file. */
export const AUDIO_FORMATS = ['mp3', 'm4a', 'flac', 'wav', 'm4b'] as const;
/** A file format that a manifest can ask for. */
export type OutputFormat = (typeof AUDIO_FORMATS)[number];
/** Formats that are delivered by default. */
export const DEFAULT_FORMATS: readonly OutputFormat[] = ['mp3', 'm4a', 'm4b'];

/** Subtitle formats; also their file extensions. */
export const SUBTITLE_FORMATS = ['srt', 'vtt', 'lrc'] as const;
/** A subtitle format. */
export type SubtitleFormat = (typeof SUBTITLE_FORMATS)[number];

/** How much text one subtitle holds. */
export const CAPTION_UNITS = ['line', 'sentence', 'word'] as const;
/** `line`: all that one speaker says in one go; `sentence`: what fits on a screen; `word`: sentences with a time for each word. */
export type CaptionUnit = (typeof CAPTION_UNITS)[number];

/** File formats of single lines. */
export const LINE_FORMATS = ['wav', 'mp3', 'flac'] as const;
/** A file format of single lines. */
export type LineFormat = (typeof LINE_FORMATS)[number];

/** Optional extra files: a cue sheet of the M4B, label tracks for Audacity, an EPUB 3 with media overlays. */
export const EXTRAS = ['cue', 'labels', 'epub'] as const;
/** An optional extra file. */
export type Extra = (typeof EXTRAS)[number];

/** Engines that a manifest can name: others follow from the model. */
export const OWN_ENGINES = ['openai-speech'] as const satisfies readonly OwnEngine[];

/** The role of a part that is not a chapter of the text. */
export type ChapterRole = 'opening-credits' | 'closing-credits' | 'retail-sample';

/** Delivery profiles; the numbers are in src/qc/profiles.ts. */
export const PROFILE_NAMES = ['acx', 'podcast', 'broadcast', 'none'] as const;
/** The name of a delivery profile. */
export type ProfileName = (typeof PROFILE_NAMES)[number];

/** A manifest with all values checked and all defaults filled in. The files that it names are not yet opened. */
export interface Manifest extends Publication {
  title: string;
  author?: string;
  /** Who is credited as the narrator. Absent: a synthetic voice. */
  narrator?: string;
  year?: number;
  /** Absent: `Audiobook`. */
  genre?: string;
  /** ISO code, one that the model speaks. */
  language: string;
  cover?: FileRef;
  /** ID of a known model (src/models.ts); with `engine`, the name of any model of one's own server. */
  model: string;
  /** One's own server speaks. Its address is a setting of the machine, never of the manifest. Absent: the model says it. */
  engine?: OwnEngine;
  /** In the manifest's order; no two share a name or alias. */
  characters: Character[];
  chapters: ChapterSource[];
  /** How words are pronounced; may be empty. */
  // Stored with submissions, so the names of these two stay.
  words: PlacedPronunciation[];
  /** A file with more of them; those in the manifest take precedence. */
  wordFile?: FileRef;
  /** What is spelled out. Absent: nothing. */
  spell?: Spell;
  /** How the narrator announces chapters. Absent: not at all. */
  chapterHeads?: ChapterHead;
  /** Each repetition of a line gets its own take. */
  varyRepeats: boolean;
  /** By boundary; missing ones keep their defaults. */
  pausesMs: PausesMs;
  /** Not empty, without duplicates. */
  formats: OutputFormat[];
  mastering: ProfileName;
  /** Changes to the profile. */
  custom?: CustomMastering;
  subtitles: SubtitleFormat[];
  captionUnit: CaptionUnit;
  extras: Extra[];
  /** Format of a separate file for each line. Absent: none. */
  lines?: LineFormat;
  credits?: Credits;
  retailSample?: RetailSampleRequest;
  /** Marks of one country besides those of every file. Absent: none. */
  disclosure?: Disclosure;
  /** Clone no voice without a consent. */
  requireConsent: boolean;
  /** The most that a run may spend. Absent: no limit. */
  budget?: Budget;
  /** How takes are checked. It changes no sound, so it is in no key. */
  checks?: Checks;
}

/** Takes whose words are heard: those that the free checks doubt, all, or none. */
export const WORD_CHECKS = ['off', 'suspects', 'all'] as const;
/** The group `checks`. */
export interface Checks {
  /** Absent: `suspects` where a recogniser is set up. */
  words?: (typeof WORD_CHECKS)[number];
}

/** How a chapter is announced: in words with placeholders, in the usual ones (true), or not at all. */
export interface ChapterHead {
  words: string | boolean;
  /** A character's name or alias, and where it stands. Absent: the narrator. */
  speaker?: { name: string; at: TextRange };
  /** Silence after it. Absent: the usual one. */
  pauseMs?: number;
  /** Where the manifest says so. */
  at: TextRange;
}

/** What is spoken in words instead of being left to the engine. */
export interface Spell {
  /** Without duplicates, in the order of `SPELL_CLASSES`; at least one. */
  classes: SpellClass[];
  at: TextRange;
}

/** The pauses that a manifest can set. `head` and `tail` are those of a chapter. */
export const PAUSE_NAMES = ['clause', 'sentence', 'paragraph', 'speaker', 'scene', 'head', 'tail'] as const;
/** Pauses that the manifest sets, in milliseconds. */
export type PausesMs = Partial<Record<(typeof PAUSE_NAMES)[number], number>>;

/** A pronunciation and where it is defined. */
export interface PlacedPronunciation extends Pronunciation {
  at: TextRange;
}

/** A file that the manifest names, relative to the manifest's folder, with `/` as the separator. */
export interface FileRef {
  path: string;
  /** Where the manifest names it. */
  at: TextRange;
}

/** A named speaker. */
export interface Character {
  name: string;
  /** Other names that a tag may use. */
  aliases: string[];
  source: VoiceSource;
  /** The model that clones and speaks this character. Absent: the book's. */
  model?: OwnModel;
  /** How this character pronounces words. */
  words: PlacedPronunciation[];
  /** Who agreed that the voice is cloned; not part of any key, since it does not change the sound. */
  consent?: Consent;
  /** Where the manifest introduces the character. */
  at: TextRange;
}

/** A character's own model: the ID of a known model, and where the manifest names it. */
export interface OwnModel {
  id: string;
  at: TextRange;
}

/** The agreement of the person in a recording to be cloned. */
export interface Consent {
  /** The person. */
  by: string;
  /** The day, `yyyy-mm-dd`. */
  on: string;
  /** Where that is recorded: a file name or an archive number. Only reported, never opened. */
  recording?: string;
  /** What the voice may be used for, in words. Absent: nothing is said about it. */
  scope?: string;
  /** Last day, `yyyy-mm-dd`: afterwards the voice is not cloned. Absent: without end. */
  until?: string;
}

/** The source of a voice: a recording to clone, or a voice that the author enrolled before. */
export type VoiceSource =
  | { kind: 'sample'; ref: SampleRef; transcript?: string }
  | { kind: 'voice'; voiceId: string; at: TextRange };

/** A recording next to the manifest, or at an https address. */
export type SampleRef = FileRef | { url: string; at: TextRange };

/** A spoken credit; plain text without tags. */
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
  /** Whether the opening credits say that cloned voices speak: in the usual words, in others, or why not. Absent: nothing is asked. */
  disclosure?: { words: true | string } | { omit: string };
}

/** The retail sample that a manifest asks for. */
export interface RetailSampleRequest {
  /** 1-based number of the chapter that it is taken from. */
  chapter: number;
  /** Words of the line that it begins with. Default: the chapter's first line after its heading. */
  from?: string;
  /** Target length. */
  seconds: number;
  at: TextRange;
}

/** A chapter as the manifest gives it. */
export interface ChapterSource {
  /** 1-based. */
  number: number;
  title: string;
  source: ChapterText;
  /** How it is announced. Absent: as the manifest's `chapterHeads` says. */
  head?: ChapterHead;
  /** The number in its head; false: none. Absent: it is counted. */
  headNumber?: number | false;
  /** Where its title is. */
  at: TextRange;
}

/** A chapter's text: in a file of its own, or inside the manifest with a map back to the manifest's offsets. */
export type ChapterText = { kind: 'file'; ref: FileRef } | { kind: 'text'; text: string; offsets: OffsetMap };
