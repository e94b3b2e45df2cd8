/**
 * The steps of a plan. A step is plain JSON and is itself the payload of the job that carries it out: whatever shapes the
 * result is in the step, and the step's key says all of it in one hash (src/plan/keys.ts).
 */
import type { TakeDoubt } from '../events.ts';
import type { AudioFormat, ChapterRole, LineFormat, ProfileName } from '../manifest/manifest.ts';
import type { CustomMastering } from '../manifest/mastering.ts';
import type { Boundary } from '../script/segments.ts';
import type { CharacterGains } from './levels.ts';
import type { Rate } from './price.ts';

/** The kinds of step; also the names of the queues and of the files in jobs/. */
export type StepKind = 'enroll' | 'synthesize' | 'master' | 'bind';

/** Clone a voice from a sample at the service, unless the ledger has it. */
export interface EnrollStep {
  kind: 'enroll';
  /** Voice key: hash of sample content, model, transcript and language. Not of a path, an account or a voice id. */
  key: string;
  /** Names of the characters that use this voice, for messages. */
  characters: string[];
  /** The dated model that the voice is bound to. */
  model: string;
  /** Name sent to the service, `[A-Za-z0-9_]{1,16}`; carries the start of the key, so that a lost answer can be found by listing. */
  preferredName: string;
  sample: Asset;
  /** What is said in the sample; the service compares it with the audio. */
  transcript?: string;
  /** ISO code of the sample's language (`en`, `zh`, …). */
  language?: string;
  purse?: BudgetRef;
}

/** The run's money, as far as a step must know it to ask before it spends (src/limits.ts). It shapes nothing, so it is in no key. */
export interface BudgetRef {
  /** Names the purse: the run. */
  id: string;
  /** What speech costs; undefined when nobody knows, then commits are only counted. */
  rate?: Rate;
  enrolmentNanos: number;
}

/** Speak one segment, unless the store has its take. */
export interface SynthesizeStep {
  kind: 'synthesize';
  /** Take key: hash of the text, the voice's identity, the model, the language and the output rate. */
  key: string;
  /** Title of the book that wants the take, for logs; missing in jobs of earlier versions. */
  book?: string;
  /** 1-based number of the chapter that wants the take first. */
  chapter: number;
  /** 1-based place of the segment in its book. */
  ordinal: number;
  /** Name of the character, for messages. */
  character: string;
  voice: VoiceRef;
  model: string;
  /** The service's name of the language (`English`, `Chinese`, …, or `Auto`). */
  languageType: string;
  sampleRateHz: number;
  /** What is sent to the service. */
  text: string;
  /** What the author wrote, where a word list has it said otherwise; for people, not in the key. */
  written?: string;
  /** How it is to be spoken, for models that take directions. */
  direction?: string;
  /** Tells the takes of a repeated line apart, from 1 for its second one; absent for the first. */
  variant?: number;
  /** Which take of the line the author wants to hear (`[take 2]`), from 2; absent for the first. */
  retake?: number;
  /** The author's own recording of it, which is heard instead: nothing is spoken. It alone is the key then. */
  pickup?: Asset;
  purse?: BudgetRef;
}

/** A voice that the ledger knows by its key, or one that the author enrolled and named by the service's own id. */
export type VoiceRef = { enrollment: EnrollStep } | { voiceId: string };

/** Join, level, encode and tag one chapter, unless the store has its files. */
export interface MasterStep {
  kind: 'master';
  /** Master key: hash of the take keys in order, the pauses, the profile, the formats, the tags and the cover. */
  key: string;
  /** 1-based number of the chapter; 0 for opening credits, numbers behind the last chapter for what follows it. */
  chapter: number;
  title: string;
  /** The chapter's takes in the order they are heard. */
  takes: MasterTake[];
  /**
   * Gain of each character over the whole book, as far as its takes were there when the step was planned; without it the
   * chapter goes by its own takes. Not in the key: it follows from the takes, and is in the result's digest as they are.
   */
  characterGainsDb?: CharacterGains;
  sampleRateHz: number;
  profile: ProfileName;
  /** What is changed of the profile. */
  custom?: CustomMastering;
  formats: AudioFormat[];
  tags: ChapterTags;
  cover?: Asset;
  /** Credits or the retail sample; absent for a chapter of the text. Shapes no sound, so it is not in the key. */
  role?: ChapterRole;
  /** Where the chapter may be parted if it is longer than the profile takes; absent when it is surely not. */
  parting?: { boundaries: Boundary[] };
  /** The files are an excerpt of about so many seconds from the first take on, ended at a pause; absent for all of it. */
  excerpt?: { seconds: number; boundaries: Boundary[] };
  /** Marks within an MP3: the chapter's sections with the first take of each, the first at 0. Absent: no marks. */
  sections?: { title: string; firstTake: number }[];
  /** A file for each line as well: its kind, and for each take the 0-based index of its line. Absent: none. */
  lines?: { format: LineFormat; of: number[] };
}

/** One take of a chapter and the silence after it. */
export interface MasterTake {
  /** Take key. */
  key: string;
  /** Whose level it has: the character, or a recording of the author's own. */
  character: string;
  /** Who speaks, where `character` does not say so; for names of files, not in the key. */
  speaker?: string;
  /**
   * What the take must say. Its own record is compared with this before the chapter is sealed. The take's key has it, so
   * the master's does not. Absent in steps of earlier versions.
   */
  text?: string;
  /** Silence after the take, in milliseconds; 0 after the last one (the profile's tail follows). */
  pauseAfterMs: number;
}

/** Files in the store that a step reads, by the SHA-256 of their content. */
export interface Asset {
  digest: string;
  /** MIME type, such as `audio/wav` or `image/png`. */
  mediaType: string;
  byteLength: number;
}

/** What the finished file says of itself. */
export interface ChapterTags {
  title: string;
  album: string;
  /** The book's author. */
  artist: string;
  /** 1-based place among the files that are played in a row; 0 for one that is not, such as a retail sample. */
  track: number;
  tracks: number;
  /** ISO code of the book's language. */
  language: string;
  /** Who is named as the narrator. */
  performer?: string;
  year?: number;
  /** Absent: `Audiobook`. */
  genre?: string;
  /** Says that the speech is synthetic, and whether it is simulated. */
  comment: string;
}

/** Put the finished chapters into one M4B, unless the store has it. */
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
}

/** What the M4B says of itself. */
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
  /** Says that the speech is synthetic, and whether it is simulated. */
  comment: string;
}

/** Any step. */
export type Step = EnrollStep | SynthesizeStep | MasterStep | BindStep;

/** Calls made to the service while a step ran, throttled and failed ones included. */
export interface CallCounts {
  enroll: number;
  list: number;
  synthesize: number;
}

/** What a processor answers: enough to count with, never the audio. */
export interface StepResult {
  kind: StepKind;
  key: string;
  /** `made` now, `adopted` from the service after a crash, or `reused` because the store had it already. */
  outcome: 'made' | 'adopted' | 'reused';
  calls: CallCounts;
  /** Characters that the service billed, by its own usage figure where it gives one. */
  billedCharacters: number;
  /** Seconds of speech in the take (synthesize) or seconds of the chapter (master) or the book (bind); 0 for enroll. */
  audioSeconds: number;
  /** The speech came from the simulator. */
  simulated: boolean;
  /** Names the process that did it. */
  worker: string;
  /** A voice that a segment had to wait for: the service had lost it, and it was made (and paid) again or found there. */
  cloned?: { key: string; outcome: 'made' | 'adopted' };
  /** What the checks of the take did not like; absent for a good one. */
  doubts?: TakeDoubt[];
  /** How often the segment was spoken for it, earlier runs included; absent for once. */
  tries?: number;
  /** What a person should know of how it was done, in whole sentences: a sample that was repaired. */
  notes?: string[];
}
