/**
 * The steps of a plan. A step is plain JSON and is the payload of its job: it has everything that affects the result, and
 * its key is one hash of all that (src/plan/keys.ts).
 */
import type { Realm } from '../account.ts';
import type { TakeDoubt } from '../events.ts';
import type { CustomMastering } from '../manifest/fields/mastering.ts';
import type { AudioFormat, ChapterRole, LineFormat, ProfileName } from '../manifest/manifest.ts';
import type { OwnEngine } from '../models/model.ts';
import type { Boundary } from '../script/cut/cut-segments.ts';
import type { CharacterGains } from './levels.ts';
import type { Rate } from './price.ts';

/** The kinds of step; also the names of the queues and of the files in jobs/. */
export type StepKind = 'enroll' | 'synthesize' | 'master' | 'bind';

/** Clones a voice from a sample at the service, unless the ledger has it. */
export interface EnrollStep {
  kind: 'enroll';
  /** Voice key: hash of sample content, model, transcript and language. Without path, account and voice ID. */
  key: string;
  /** Names of the characters with this voice, for messages. */
  characters: string[];
  /** The dated model that the voice is bound to. */
  model: string;
  /** One's own server, and how it is spoken to; absent where the model says the engine. Both are in the key. */
  engine?: OwnEngine;
  profile?: string;
  /** Name sent to the service (`EnrolmentTerms.nameCharacters`). It has the start of the key, so that listing finds a voice whose answer was lost. */
  preferredName: string;
  sample: Asset;
  /** What is spoken in the sample, for services that compare it with the audio. */
  transcript?: string;
  /** ISO code of the sample's language (`en`, `zh`, …). */
  language?: string;
  purse?: BudgetRef;
}

/**
 * The run's budget: what a step needs to reserve money before it spends any (src/limits.ts). It is in no key. Steps carry
 * it in the field `purse`, whose name stays because jobs are stored with it.
 */
export interface BudgetRef {
  /** Names the budget of one run. */
  id: string;
  /** What speech costs; undefined when it is unknown: then commits are only counted. */
  rate?: Rate;
  enrolmentNanos: number;
  /** Who pays, for the ledger of spending; absent in jobs of earlier versions. */
  payer?: PayingRun;
  /** Its money comes in allotments. Absent: all of it was there when it was opened. */
  isAllotted?: boolean;
  /** Have the words of takes heard. Absent: do not, as in jobs of earlier versions. */
  hearing?: HearingRef;
}

/** Whose words are heard, and by what. It is in no key: a take is the same whoever listens to it. */
export interface HearingRef {
  /** Every take, or those that the free checks doubt. */
  words: 'all' | 'suspects';
  /** The recogniser's model. */
  model: string;
  /** What it costs; undefined for one without a price. */
  rate?: Rate;
  /** Names of the cast, which may be heard in any spelling. */
  names?: string[];
}

/** The run that pays for a step. A step that two books need is paid by the run that submitted the job that speaks. */
export interface PayingRun {
  /** ID of the run. */
  run: string;
  /** Title and author of the book. */
  book: string;
  author: string;
  /** Currency of the prices. */
  currency: string;
  realm: Realm;
  /** Set when the service is known to be a simulator. */
  simulated?: true;
  /** The book was run before, and nothing of it is in the ledger of spending yet. */
  isOlderBook?: true;
  /** A person asked for another take of a line: its calls are re-takes, also the first one of other words. */
  isRetake?: true;
}

/** Speaks one segment, unless the store has its take. */
export interface SynthesizeStep {
  kind: 'synthesize';
  /** Take key: hash of the text, the voice's identity, the model, the language and the output rate. */
  key: string;
  /** Title of the book that needs the take, for logs; absent in jobs of earlier versions. */
  book?: string;
  /** 1-based number of the first chapter that needs the take. */
  chapter: number;
  /** 1-based number of its line in that chapter; absent in jobs of earlier versions. */
  line?: number;
  /** 1-based number of the segment in its line; absent where the line has one, and in jobs of earlier versions. */
  segment?: number;
  /** 1-based place of the segment in its book. */
  ordinal: number;
  /** Name of the character, for messages. */
  character: string;
  voice: VoiceRef;
  model: string;
  /** One's own server, and how it is spoken to; absent where the model says the engine. Both are in the key. */
  engine?: OwnEngine;
  profile?: string;
  /** The service's name of the language (`English`, `Chinese`, …, or `Auto`). */
  languageType: string;
  sampleRateHz: number;
  /** What is sent to the service. */
  text: string;
  /** What the author wrote, when a word list changes how it is spoken; for display, not in the key. */
  written?: string;
  /** How to speak it, for models that accept directions. */
  direction?: string;
  /** Distinguishes the takes of a repeated line, from 1 for the second; absent for the first. */
  variant?: number;
  /** Which take of the line the author wants (`[take 2]`), from 2; absent for the first. */
  retake?: number;
  /** Planned seed, 1 to 65,535, for models that take one. The seed that made the stored take is in its record. */
  seed?: number;
  /** The author's own recording, which is used instead: nothing is spoken, and the key covers the recording alone. */
  pickup?: Asset;
  purse?: BudgetRef;
}

/** A voice that the ledger knows by its key, or one that the author enrolled, by the service's ID. */
export type VoiceRef = { enrollment: EnrollStep } | { voiceId: string };

/** Joins, levels, encodes and tags one chapter, unless the store has its files. */
export interface MasterStep {
  kind: 'master';
  /** Master key: hash of the take keys in order, the pauses, the profile, the formats, the tags and the cover. */
  key: string;
  /** 1-based number of the chapter; 0 for opening credits; closing credits and a retail sample follow the last chapter. */
  chapter: number;
  title: string;
  /** The chapter's takes in playing order. */
  takes: MasterTake[];
  /**
   * Gain of each character over the whole book, from the takes that were stored when the step was planned. Absent: the
   * chapter uses its own takes. Not in the key: it follows from the takes and is, like them, in the result's digest.
   */
  characterGainsDb?: CharacterGains;
  sampleRateHz: number;
  profile: ProfileName;
  /** Changes to the profile. */
  custom?: CustomMastering;
  formats: AudioFormat[];
  tags: ChapterTags;
  cover?: Asset;
  /** Credits or the retail sample; absent for a chapter of the text. Does not affect the sound, so it is not in the key. */
  role?: ChapterRole;
  /** Where the chapter can be split if it is longer than the profile allows; absent when it cannot be that long. */
  parting?: { boundaries: Boundary[] };
  /** The files are an excerpt of about this many seconds from the first take, ending at a pause. Absent: the whole chapter. */
  excerpt?: { seconds: number; boundaries: Boundary[] };
  /** Chapter marks within an MP3: the sections with the first take of each, the first at 0. Absent: no marks. */
  sections?: { title: string; firstTake: number }[];
  /** Also make a file of each line: its format, and for each take the 0-based index of its line. Absent: none. */
  lines?: { format: LineFormat; of: number[] };
  /** First judge takes again whose voice was new when they were made (jobs/judge-late.ts). Absent: do not; it is in no key. */
  judgesLate?: true;
}

/** One take of a chapter and the silence after it. */
export interface MasterTake {
  /** Take key. */
  key: string;
  /** Whose level it has: the character's, or that of the author's own recording. */
  character: string;
  /** Who speaks, when `character` is not a character's name; for file names, not in the key. */
  speaker?: string;
  /**
   * What the take must say. The take's record is compared with it before the chapter is delivered. It is in the take's
   * key, so it is not in the master's. Absent in steps of earlier versions.
   */
  text?: string;
  /** Silence after the take, in milliseconds; 0 after the last one (the profile's tail follows). */
  pauseAfterMs: number;
}

/** A file in the store that a step reads, by the SHA-256 of its content. */
export interface Asset {
  digest: string;
  /** MIME type, such as `audio/wav` or `image/png`. */
  mediaType: string;
  byteLength: number;
}

/** Tags of a finished chapter. */
export interface ChapterTags {
  title: string;
  album: string;
  /** The book's author. */
  artist: string;
  /** 1-based place among the files that are played in sequence; 0 for a file that is not, such as a retail sample. */
  track: number;
  tracks: number;
  /** ISO code of the book's language. */
  language: string;
  /** The narrator to be named. */
  performer?: string;
  year?: number;
  /** Absent: `Audiobook`. */
  genre?: string;
  /** States that the speech is synthetic, and whether it is simulated. */
  comment: string;
}

/** Binds the finished chapters into one M4B, unless the store has it. */
export interface BindStep {
  kind: 'bind';
  /** Book key: hash of the master keys in order, the titles, the tags and the cover. */
  key: string;
  /** The book's title. */
  title: string;
  /** In order; `key` is the master key. */
  chapters: { key: string; title: string }[];
  tags: BookTags;
  cover?: Asset;
  /** Version of the binding (`BINDING_VERSION`). Absent: the first, whose container ffmpeg writes. */
  binding?: number;
}

/** Tags of the M4B. */
export interface BookTags {
  title: string;
  /** The book's author. */
  artist: string;
  /** ISO code of the book's language. */
  language: string;
  performer?: string;
  year?: number;
  /** Absent: `Audiobook`. */
  genre?: string;
  /** States that the speech is synthetic, and whether it is simulated. */
  comment: string;
}

/** Any step. */
export type Step = EnrollStep | SynthesizeStep | MasterStep | BindStep;

/** Calls to the service while a step ran, including throttled and failed ones. */
export interface CallCounts {
  enroll: number;
  list: number;
  synthesize: number;
}

/** What a job returns: enough for counting, never the audio. */
export interface StepResult {
  kind: StepKind;
  key: string;
  /** `made` now, `adopted` from the service after a crash, or `reused` from the store. */
  outcome: 'made' | 'adopted' | 'reused';
  calls: CallCounts;
  /** Characters that the service billed, by its own usage figures when it gives them. */
  billedCharacters: number;
  /** Seconds of speech in the take (synthesize) or seconds of the chapter (master) or the book (bind); 0 for enroll. */
  audioSeconds: number;
  /** The speech came from the simulator. */
  simulated: boolean;
  /** Name of the worker process. */
  worker: string;
  /** A voice that a segment had to wait for: the service had lost it, so it was cloned (and paid) again or found there. */
  cloned?: { key: string; outcome: 'made' | 'adopted' };
  /** What the checks of the take found; absent for a good take. */
  doubts?: TakeDoubt[];
  /** How often the segment was spoken, including earlier runs; absent for once. */
  tries?: number;
  /** What the kept try changed; absent for a first try. */
  changed?: 'fresh session' | 'next seed' | 'split at a clause';
  /** Of a chapter: so many of its takes are doubted now and are made again first; nothing was mastered. Absent: none. */
  reopened?: number;
  /** Messages for the user, in whole sentences, such as that a sample was repaired. */
  notes?: string[];
}
