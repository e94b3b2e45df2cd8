/**
 * Keys: one hash for each result of a step, over everything that affects its sound and nothing else.
 *
 * No key contains file paths, clocks, names of characters or books that do not affect the sound, the account, or the
 * service's ID of a cloned voice (it changes when the voice is enrolled again; the sample does not).
 */
import { createHash } from 'node:crypto';
import type { Realm } from '../account.ts';
import type { EnrolmentTerms } from '../models/model.ts';
import type { CharacterGains } from './levels.ts';
import type { BindStep, MasterStep, SynthesizeStep } from './step.ts';

/** Raise it when the meaning of a key's fields changes; every result is then made again. */
const KEY_VERSION = 1;

/** The identity of a cloned voice: its sample, transcript and language, and the model. */
export function voiceKey(
  of: { sampleDigest: string; model: string; transcript?: string; language?: string } & ByEngine,
): string {
  return hash('voice', of.sampleDigest, of.model, of.transcript ?? null, of.language ?? null, ...engineParts(of));
}

type ByEngine = Pick<SynthesizeStep, 'engine' | 'profile'>;

/** Of one's own server its engine and profile, never its address. Nothing otherwise, so that all other keys stay. */
function engineParts({ engine, profile }: ByEngine): string[] {
  return engine === undefined ? [] : [`engine:${engine}`, `profile:${profile ?? ''}`];
}

/**
 * Name of a voice at the service, with the start of the voice key, so that the voice can be found by listing: 60 bits in
 * 16 characters where the service allows as many, otherwise as many characters as it allows.
 */
export function preferredName(key: string, { nameCharacters }: Pick<EnrolmentTerms, 'nameCharacters'>): string {
  return nameCharacters >= LONG_NAME ? `v${key.slice(0, LONG_NAME - 1)}` : key.slice(0, nameCharacters);
}

const LONG_NAME = 16;

/** Most seeds of the service: 1 to 65,535. What 0 means is not documented. */
const SEEDS = 65_535;

/**
 * The planned seed of a take, 1 to 65,535: another text, repeat or take of the author's choice has another one, and the
 * same take has the same one on every machine.
 */
export function plannedSeed(of: Pick<SynthesizeStep, 'text' | 'variant' | 'retake'>): number {
  const digits = hash('seed', of.text, of.variant ?? 0, of.retake ?? 1).slice(0, 12);
  return (Number.parseInt(digits, 16) % SEEDS) + 1;
}

/** The seed of the given try of a take, 0-based: a doubtful take is spoken again with the next one, under the same key. */
export function seedOfTry(planned: number, tries: number): number {
  return ((planned - 1 + tries) % SEEDS) + 1;
}

/** The identity of a take. */
export function takeKey(
  of: Omit<
    SynthesizeStep,
    'kind' | 'key' | 'book' | 'chapter' | 'line' | 'segment' | 'ordinal' | 'character' | 'written' | 'pickup' | 'purse'
  >,
  realm: Realm,
): string {
  return hash(
    'take',
    realm,
    // A cloned voice is identified by its sample; of a voice that the author enrolled, only the ID is known.
    'enrollment' in of.voice ? of.voice.enrollment.key : `id:${of.voice.voiceId}`,
    of.model,
    of.languageType,
    of.sampleRateHz,
    of.text,
    // Omitted when absent, so that takes made before these fields existed keep their keys.
    ...(of.direction === undefined ? [] : [`direction:${of.direction}`]),
    ...(of.variant === undefined ? [] : [`variant:${of.variant}`]),
    ...(of.retake === undefined ? [] : [`retake:${of.retake}`]),
    ...(of.seed === undefined ? [] : [`seed:${of.seed}`]),
    ...engineParts(of),
  );
}

/** Raise it when recordings are converted differently; those takes are then made again. */
const PICKUP_VERSION = 1;

/** The identity of a take that is the author's own recording: only the recording affects the sound, not text or speaker. */
export function pickupKey(of: { recordingDigest: string; sampleRateHz: number }): string {
  return hash('pickup', PICKUP_VERSION, of.recordingDigest, of.sampleRateHz);
}

/**
 * Raise it when the same takes give other bytes, and add the old one below: chapters are then mastered anew, at no cost, and
 * a locked run still finds those of its lock.
 */
const MASTERING_VERSION = 4;

/** Versions of earlier programs whose locks may be about, the latest first. */
export const EARLIER_MASTERING_VERSIONS: readonly number[] = [3];

/** The same, only for chapters with noise reduction. */
const DENOISING_VERSION = 2;

/** The identity of a finished chapter. It contains the characters because levels are set per character. */
export function masterKey(
  step: Omit<MasterStep, 'kind' | 'key' | 'chapter' | 'title' | 'role' | 'characterGainsDb'>,
  version = MASTERING_VERSION,
): string {
  return hash(
    'master',
    version,
    step.takes.map((take) => [take.key, take.character, take.pauseAfterMs]),
    step.sampleRateHz,
    step.profile,
    step.custom ?? null,
    step.formats,
    step.tags,
    step.cover?.digest ?? null,
    // Omitted when absent, so that chapters made before these fields existed keep their keys.
    ...(step.parting === undefined ? [] : [['parting', step.parting]]),
    ...(step.excerpt === undefined ? [] : [['excerpt', step.excerpt]]),
    ...(step.sections === undefined ? [] : [['sections', step.sections]]),
    ...(step.lines === undefined ? [] : [['lines', step.lines]]),
    ...(step.custom?.denoiseDb == null ? [] : [['denoising', DENOISING_VERSION]]),
  );
}

/**
 * How this program binds. Raise it when the same chapters give another M4B; the file is then bound anew, in seconds. A lock says with
 * which version its M4B was bound, and `run --locked` binds with that one. 1: ffmpeg writes the container (jobs/bind-as-first.ts).
 */
export const BINDING_VERSION = 2;

/** The identity of the book file. */
export function bookKey(step: Omit<BindStep, 'kind' | 'key' | 'title'>): string {
  return hash(
    'book',
    step.chapters.map(({ key, title }) => [key, title]),
    step.tags,
    step.cover?.digest ?? null,
    // Omitted for the first, so that books of that time keep their keys.
    ...(step.binding === undefined ? [] : [['binding', step.binding]]),
  );
}

/** Identity of the takes in a master, by their content. */
export function takesDigest(pcmDigests: readonly string[]): string {
  return hash('takes', pcmDigests);
}

/**
 * Identity of what a master was made from: its takes, and the gains of its characters when they differ. It begins with
 * the digest of the takes, which shows what changed.
 */
export function masterDigest(pcmDigests: readonly string[], gains: CharacterGains | undefined): string {
  const takes = takesDigest(pcmDigests);
  const differ = gains !== undefined && Object.values(gains).some((gainDb) => gainDb !== 0);
  return differ ? `${takes}-${hash('gains', gains)}` : takes;
}

/** A short digest of one field of a step. It shows which field changed; never look up a result by it. */
export function fieldDigest(value: unknown): string {
  return hash('field', value).slice(0, 16);
}

/** Key of the record of a book's last run. A book is identified by its title and author. */
export function lastRunKey(of: { title: string; author: string }, realm: Realm): string {
  return hash('last-run', realm, of.title, of.author);
}

/** SHA-256 over canonical JSON: arrays keep their order, object fields are sorted, so equal values have equal hashes. */
function hash(...parts: unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify([KEY_VERSION, ...parts], sortFields))
    .digest('hex');
}

function sortFields(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
