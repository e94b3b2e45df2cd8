/** Manifest and script → every step the book could need, each with its key. Pure; the store is not asked here. */
import type { Realm } from '../account.ts';
import { creditTitles } from '../manifest/credit-words.ts';
import {
  type AudioFormat,
  CHAPTER_FORMATS,
  type ChapterRole,
  type Manifest,
  type OutputFormat,
} from '../manifest/manifest.ts';
import { MODELS, type Model } from '../models.ts';
import type { Coverage } from '../script/coverage.ts';
import type { Segment } from '../script/segments.ts';
import type { SourceText } from '../script/source.ts';
import { bookKey, masterKey, pickupKey, preferredName, takeKey, voiceKey } from './keys.ts';
import { PAUSE_MS } from './pauses.ts';
import { mayBeTooLong, sampleCandidates } from './retail-sample.ts';
import type { Asset, BindStep, EnrollStep, MasterStep, SynthesizeStep, VoiceRef } from './step.ts';
import { bookTags, chapterTags } from './tags.ts';

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

/** Every step of the book. Equal input gives equal keys on every machine. */
export function draftBook(source: DraftSource): Draft {
  const model = MODELS[source.manifest.model];
  if (model === undefined)
    throw new Error(`Internal error: model "${source.manifest.model}" passed the manifest check.`);
  const voices = castVoices(source);
  const enrollments = new Map<string, EnrollStep>();
  let ordinal = 0;
  const heard = new Map<string, number>();
  const chapters = source.chapters.map((chapter) => {
    const segments = chapter.segments.map((segment): SynthesizeStep => {
      const voice = voices.get(segment.character);
      if (voice === undefined) throw new Error(`Internal error: nobody speaks for "${segment.character}".`);
      if ('enrollment' in voice) enrollments.set(voice.enrollment.key, voice.enrollment);
      const sound = {
        voice,
        model: model.id,
        languageType: model.languages[source.manifest.language] ?? 'Auto',
        sampleRateHz: model.outputRateHz,
        text: segment.text,
        ...(model.takesDirections === true && segment.direction !== undefined && { direction: segment.direction }),
      };
      const retake = segment.retake !== undefined && { retake: segment.retake };
      ordinal += 1;
      const place = {
        book: source.manifest.title,
        chapter: chapter.number,
        ordinal,
        character: segment.character,
        ...(segment.written !== undefined && { written: segment.written }),
      };
      if (segment.pickup !== undefined) {
        const pickup = source.pickups?.get(segment.pickup);
        if (pickup === undefined) throw new Error(`Internal error: the recording "${segment.pickup}" was not loaded.`);
        const key = pickupKey({ recordingDigest: pickup.digest, sampleRateHz: sound.sampleRateHz });
        return { kind: 'synthesize', key, ...place, ...sound, pickup };
      }
      // Whichever take of a repeat is heard, it stays that repeat: the others keep theirs.
      const words = takeKey(sound, source.realm);
      const variant = heard.get(words) ?? 0;
      heard.set(words, variant + 1);
      const varied = { ...sound, ...(source.manifest.varyRepeats && variant > 0 && { variant }), ...retake };
      return { kind: 'synthesize', key: takeKey(varied, source.realm), ...place, ...varied };
    });
    const master = draftMaster({ source, chapter, segments, sampleRateHz: model.outputRateHz });
    const lines = chapter.segments.map(({ lineIndex }) => lineIndex);
    const { number, title, role, coverage } = chapter;
    const scenes = chapter.segments.flatMap(({ boundaryAfter }, index) => (boundaryAfter === 'scene' ? [index] : []));
    const more = {
      ...(role && { role }),
      ...(scenes.length > 0 && { scenes }),
      ...(chapter.source && { source: chapter.source }),
    };
    return { number, title, ...more, segments, lines, master, coverage };
  });
  const book = source.manifest.formats.includes('m4b') ? draftBind(source, chapters) : undefined;
  const { title, author = '', formats, subtitles, captionUnit, extras, mastering, custom } = source.manifest;
  const { language, narrator } = source.manifest;
  const said = { language, ...(narrator !== undefined && { narrator }) };
  const delivery = { author, ...said, formats, subtitles, captionUnit, extras, mastering, ...(custom && { custom }) };
  const sample = draftSample({ source, chapters, sampleRateHz: model.outputRateHz });
  const all = sample === undefined ? chapters : [...chapters, sample];
  const draft = { title, model, voices: [...enrollments.values()], chapters: all, delivery };
  return { ...draft, ...(book === undefined ? {} : { book }) };
}

/** Character name → its voice. Characters with equal samples and transcripts share one voice, hence one step. */
function castVoices(source: DraftSource): Map<string, VoiceRef> {
  const voices = new Map<string, VoiceRef>();
  const steps = new Map<string, EnrollStep>();
  for (const character of source.manifest.characters) {
    if (character.source.kind === 'voice') {
      voices.set(character.name, { voiceId: character.source.voiceId });
      continue;
    }
    const sample = source.samples.get(character.name);
    if (sample === undefined) continue;
    const { transcript } = character.source;
    const key = voiceKey({ sampleDigest: sample.digest, model: source.manifest.model, transcript });
    const step: EnrollStep = steps.get(key) ?? {
      kind: 'enroll',
      key,
      characters: [],
      model: source.manifest.model,
      preferredName: preferredName(key),
      sample,
      ...(transcript === undefined ? {} : { transcript }),
    };
    step.characters.push(character.name);
    steps.set(key, step);
    voices.set(character.name, { enrollment: step });
  }
  return voices;
}

function draftMaster({
  source,
  chapter,
  segments,
  sampleRateHz,
}: {
  source: DraftSource;
  chapter: SourceChapter;
  segments: SynthesizeStep[];
  sampleRateHz: number;
}): MasterStep {
  const { mastering, custom, formats, extras, lines } = source.manifest;
  const sections = formats.includes('mp3') ? sectionsOf(chapter, source.manifest) : [];
  const step: Omit<MasterStep, 'key'> = {
    kind: 'master',
    chapter: chapter.number,
    title: chapter.title,
    takes: masterTakes(source.manifest, chapter.segments, segments),
    sampleRateHz,
    profile: mastering,
    ...(custom === undefined ? {} : { custom }),
    formats: chapterFormats(formats, extras.includes('epub')),
    tags: chapterTags(source, chapter),
    ...(source.cover === undefined ? {} : { cover: source.cover }),
    ...(chapter.role && { role: chapter.role }),
    ...(mayBeTooLong(chapter.segments, custom?.durationSeconds) && { parting: boundariesOf(chapter.segments) }),
    ...(sections.length > 1 && { sections }),
    ...(lines && { lines: { format: lines, of: chapter.segments.map(({ lineIndex }) => lineIndex) } }),
  };
  return { ...step, key: masterKey(step) };
}

/** Less is a silence between two sentences: a mark there would stand in the middle of speech. */
const LEAST_PAUSE_BEFORE_MARK_MS = 500;

/** The chapter's sections as marks are made of them: what comes before the first heading is one, too. */
function sectionsOf(
  { title, segments, sections = [] }: SourceChapter,
  manifest: Manifest,
): NonNullable<MasterStep['sections']> {
  const marked = sections.filter(
    ({ firstSegment }) =>
      firstSegment > 0 && pauseAfterMs(segments[firstSegment - 1], manifest) >= LEAST_PAUSE_BEFORE_MARK_MS,
  );
  const own = marked.map((section) => ({ title: section.title, firstTake: section.firstSegment }));
  return [{ title, firstTake: 0 }, ...own];
}

/** The retail sample: takes of a chapter under a name of their own. Nothing of it is spoken for itself. */
function draftSample({
  source,
  chapters,
  sampleRateHz,
}: {
  source: DraftSource;
  chapters: readonly DraftChapter[];
  sampleRateHz: number;
}): DraftChapter | undefined {
  const { sample, manifest, cover } = source;
  const text = source.chapters.find(({ number, role }) => number === sample?.chapter && role === undefined);
  const from = chapters.find(({ number, role }) => number === sample?.chapter && role === undefined);
  if (sample === undefined || text === undefined || from === undefined) return undefined;
  const { firstSegment, seconds } = sample;
  const last = firstSegment + sampleCandidates(text.segments.slice(firstSegment), seconds);
  const spoken = text.segments.slice(firstSegment, last);
  const segments = from.segments.slice(firstSegment, last);
  const number = Math.max(...chapters.map((chapter) => chapter.number)) + 1;
  const head = { number, title: creditTitles(manifest.language).sample, role: 'retail-sample' as const };
  const { mastering: profile, custom, formats } = manifest;
  const step: Omit<MasterStep, 'key'> = {
    kind: 'master',
    chapter: number,
    title: head.title,
    takes: masterTakes(manifest, spoken, segments),
    sampleRateHz,
    profile,
    ...(custom === undefined ? {} : { custom }),
    formats: CHAPTER_FORMATS.filter((format) => formats.includes(format)),
    tags: { ...chapterTags(source, { ...text, ...head }), track: 0, tracks: 0 },
    ...(cover === undefined ? {} : { cover }),
    role: head.role,
    excerpt: { seconds, ...boundariesOf(spoken) },
  };
  const master = { ...step, formats: step.formats.length === 0 ? (['mp3'] as AudioFormat[]) : step.formats };
  const coverage: Coverage = { sourceCharacters: 0, spoken: 0, excluded: {} };
  const lines = from.lines.slice(firstSegment, last);
  return { ...head, segments, lines, master: { ...master, key: masterKey(master) }, coverage };
}

function masterTakes(
  manifest: Manifest,
  segments: readonly Segment[],
  steps: readonly SynthesizeStep[],
): MasterStep['takes'] {
  return steps.map((step, index) => ({
    key: step.key,
    character: levelledWith(step),
    // A recording of the author's is heard whatever the text says.
    ...(step.pickup === undefined ? { text: step.text } : { speaker: step.character }),
    pauseAfterMs: pauseAfterMs(segments[index], manifest),
  }));
}

/** Levels are set per character. A recording has a level of its own, so it counts as a speaker by itself and is matched. */
function levelledWith({ character, pickup }: SynthesizeStep): string {
  return pickup === undefined ? character : `${character}, recorded ${pickup.digest.slice(0, 16)}`;
}

function boundariesOf(segments: readonly Segment[]): { boundaries: Segment['boundaryAfter'][] } {
  return { boundaries: segments.map(({ boundaryAfter }) => boundaryAfter) };
}

/** The book is made of the chapters' AAC, so asking for it makes M4A of the chapters, too; they are not delivered then. So is an EPUB, unless there are MP3s. */
function chapterFormats(formats: readonly OutputFormat[], epub: boolean): AudioFormat[] {
  const needsM4a = formats.includes('m4b') || (epub && !formats.includes('mp3'));
  return CHAPTER_FORMATS.filter((format) => formats.includes(format) || (format === 'm4a' && needsM4a));
}

function draftBind({ manifest, cover }: DraftSource, chapters: readonly DraftChapter[]): BindStep {
  const step: Omit<BindStep, 'key'> = {
    kind: 'bind',
    title: manifest.title,
    chapters: chapters.map(({ master, title }) => ({ key: master.key, title })),
    tags: bookTags(manifest),
    ...(cover === undefined ? {} : { cover }),
  };
  return { ...step, key: bookKey(step) };
}

/** The author's pause, then the book's, then ours. Behind the last take there is only the chapter's tail. */
function pauseAfterMs(segment: Segment | undefined, { pausesMs }: Manifest): number {
  const boundary = segment?.boundaryAfter ?? 'chapter';
  if (boundary === 'chapter') return PAUSE_MS.chapter;
  return segment?.pauseAfterMs ?? pausesMs[boundary] ?? PAUSE_MS[boundary];
}
