/**
 * Keys: one hash per result of a step, over everything that shapes its sound and nothing else.
 *
 * Not in any key: file paths, clocks, names of characters or books where they are not heard, the account, and the
 * service's voice id of a cloned voice (it changes when the voice is enrolled again; the sample does not).
 */
import { createHash } from 'node:crypto';
import type { Realm } from '../account.ts';
import type { CharacterGains } from './levels.ts';
import type { BindStep, MasterStep, SynthesizeStep } from './step.ts';

/** Raised when the meaning of a key's fields changes; every result is then made again. */
const KEY_VERSION = 1;

/** The identity of a cloned voice: what was sent to be cloned, for which model. */
export function voiceKey(of: { sampleDigest: string; model: string; transcript?: string; language?: string }): string {
  return hash('voice', of.sampleDigest, of.model, of.transcript ?? null, of.language ?? null);
}

/** `preferred_name` at the service: 16 characters that carry 60 bits of the voice key, so that listing finds it again. */
export function preferredName(key: string): string {
  return `v${key.slice(0, 15)}`;
}

/** The identity of a take. */
export function takeKey(
  of: Omit<
    SynthesizeStep,
    'kind' | 'key' | 'book' | 'chapter' | 'ordinal' | 'character' | 'written' | 'pickup' | 'purse'
  >,
  realm: Realm,
): string {
  return hash(
    'take',
    realm,
    // A cloned voice is its sample; a voice the author enrolled is known by its id alone.
    'enrollment' in of.voice ? of.voice.enrollment.key : `id:${of.voice.voiceId}`,
    of.model,
    of.languageType,
    of.sampleRateHz,
    of.text,
    // Left out where there is none, so that takes that were made before these fields were known keep their keys.
    ...(of.direction === undefined ? [] : [`direction:${of.direction}`]),
    ...(of.variant === undefined ? [] : [`variant:${of.variant}`]),
    ...(of.retake === undefined ? [] : [`retake:${of.retake}`]),
  );
}

/** Raised when a recording is converted in another way; those takes are then made again. */
const PICKUP_VERSION = 1;

/** The identity of a take that is the author's own recording: it alone shapes the sound, whoever says whatever in it. */
export function pickupKey(of: { recordingDigest: string; sampleRateHz: number }): string {
  return hash('pickup', PICKUP_VERSION, of.recordingDigest, of.sampleRateHz);
}

/** Raised when the same takes come out as other bytes: chapters are then mastered again, and nothing is paid again. */
const MASTERING_VERSION = 3;

/** The same for chapters with noise reduction alone. */
const DENOISING_VERSION = 2;

/** The identity of a finished chapter. Characters are in it because levels are set per character. */
export function masterKey(
  step: Omit<MasterStep, 'kind' | 'key' | 'chapter' | 'title' | 'role' | 'characterGainsDb'>,
): string {
  return hash(
    'master',
    MASTERING_VERSION,
    step.takes.map((take) => [take.key, take.character, take.pauseAfterMs]),
    step.sampleRateHz,
    step.profile,
    step.custom ?? null,
    step.formats,
    step.tags,
    step.cover?.digest ?? null,
    // Left out where there is none, so that chapters that were made before these were known keep their keys.
    ...(step.parting === undefined ? [] : [['parting', step.parting]]),
    ...(step.excerpt === undefined ? [] : [['excerpt', step.excerpt]]),
    ...(step.sections === undefined ? [] : [['sections', step.sections]]),
    ...(step.lines === undefined ? [] : [['lines', step.lines]]),
    ...(step.custom?.denoiseDb == null ? [] : [['denoising', DENOISING_VERSION]]),
  );
}

/** The identity of the book file. */
export function bookKey(step: Omit<BindStep, 'kind' | 'key' | 'title'>): string {
  return hash(
    'book',
    step.chapters.map(({ key, title }) => [key, title]),
    step.tags,
    step.cover?.digest ?? null,
  );
}

/** Identity of the takes that really went into a master, by their content. */
export function takesDigest(pcmDigests: readonly string[]): string {
  return hash('takes', pcmDigests);
}

/**
 * Identity of all that really went into a master: its takes, and the gains of its characters where they differ. It begins
 * with the takes' own digest, so that one can tell what changed.
 */
export function masterDigest(pcmDigests: readonly string[], gains: CharacterGains | undefined): string {
  const takes = takesDigest(pcmDigests);
  const differ = gains !== undefined && Object.values(gains).some((gainDb) => gainDb !== 0);
  return differ ? `${takes}-${hash('gains', gains)}` : takes;
}

/** Identity of one field of a step, short: to say which of them has changed, never to find a result by. */
export function fieldDigest(value: unknown): string {
  return hash('field', value).slice(0, 16);
}

/** Where the store keeps what a book was at its last run: a book is known by its title and author. */
export function lastRunKey(of: { title: string; author: string }, realm: Realm): string {
  return hash('last-run', realm, of.title, of.author);
}

/** SHA-256 over canonical JSON: arrays keep their order, object fields are sorted, so equal values hash alike. */
function hash(...parts: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([KEY_VERSION, ...parts], sortFields))
    .digest('hex');
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
