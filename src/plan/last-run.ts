/**
 * The state of a book at its last run: enough to explain, line by line, why the next run speaks or masters something
 * again. It only explains; the keys alone decide what is needed. Pure.
 */
import { fieldDigest } from './keys.ts';
import type { MasterStep, VoiceRef } from './step.ts';

/**
 * Why a segment is spoken: it is `new`; its `text`, `voice`, `model`, another `setting` (language, direction) or its
 * pronunciation by a `word list` changed since the last run; the author wants another `take` (`[take 2]`); its take failed
 * a check; or its take is `damaged` or missing.
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

/** A book at its last run, as it is stored. It has no time stamp, so an unchanged book gives an unchanged record. */
export interface LastRun {
  version: 1;
  title: string;
  author: string;
  model: string;
  /** Identities of the voices; segments refer to them by index. */
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
  /** The model of its character; absent for the book's. */
  model?: string;
  /** Set when it has no take yet: why it was to be spoken, so that the next plan can still explain it. */
  unspoken?: { reason: SpeakReason; before?: string };
}

/** Identity of a voice: its sample, or the ID of a voice that the author enrolled. Without the model, which is a reason of its own. */
export function voiceIdentity(voice: VoiceRef): string {
  if ('voiceId' in voice) return `id:${voice.voiceId}`;
  const { sample, transcript, language } = voice.enrollment;
  return fieldDigest([sample.digest, transcript ?? null, language ?? null]);
}

/** A digest of each input of a master: the takes, the pauses, the characters, and every other field of its step. */
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
