/**
 * What a book was when it was last run: enough to say, line by line, why the next run speaks or masters something again.
 * It decides nothing; what is needed is decided by keys alone. Pure.
 */
import { fieldDigest } from './keys.ts';
import type { MasterStep, VoiceRef } from './step.ts';

/**
 * Why a segment is spoken: it is `new`; its `text`, `voice`, `model`, another `setting` (language, direction) or the way a
 * `word list` has it said differs from the last run; another `take` of it is wanted (`[take 2]`); its take failed a check; or
 * its take is `damaged` or gone.
 */
export type SpeakReason =
  | 'new'
  | 'text'
  | 'voice'
  | 'word list'
  | 'model'
  | 'setting'
  | 'take'
  | 'failed check'
  | 'damaged';

/** A book at its last run. Kept as a record; holds no clock, so an unchanged book is an unchanged record. */
export interface LastRun {
  version: 1;
  title: string;
  author: string;
  model: string;
  /** Identities of the voices; segments name them by their place here. */
  voices: string[];
  chapters: LastRunChapter[];
}

/** A chapter of a last run. */
export interface LastRunChapter {
  number: number;
  title: string;
  master: {
    key: string;
    /** Field of the master's step → digest of its value. */
    fields: Record<string, string>;
  };
  segments: LastRunSegment[];
}

/** A segment of a last run. */
export interface LastRunSegment {
  /** Take key. */
  key: string;
  text: string;
  written?: string;
  character: string;
  voice: number;
  languageType: string;
  direction?: string;
  variant?: number;
  retake?: number;
  /** It has no take yet: why it was to be spoken, so that the next plan can still say so. */
  unspoken?: { reason: SpeakReason; before?: string };
}

/** What tells voices apart: the recording, or the id of a voice that the author enrolled. Not the model, which is told by itself. */
export function voiceIdentity(voice: VoiceRef): string {
  if ('voiceId' in voice) return `id:${voice.voiceId}`;
  const { sample, transcript, language } = voice.enrollment;
  return fieldDigest([sample.digest, transcript ?? null, language ?? null]);
}

/** A digest for each thing that shapes a master: the takes, the pauses, the characters, and every other field of its step. */
export function masterFields(step: MasterStep): Record<string, string> {
  // Gains follow from the takes; see levels.ts.
  const { kind, key, chapter, title, takes, characterGainsDb, ...fields } = step;
  const digests: Record<string, string> = {
    takes: fieldDigest(takes.map((take) => take.key)),
    pauses: fieldDigest(takes.map((take) => take.pauseAfterMs)),
    characters: fieldDigest(takes.map((take) => take.character)),
  };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) digests[name] = fieldDigest(value);
  return digests;
}
