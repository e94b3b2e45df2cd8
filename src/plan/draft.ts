/** Manifest and script → every step the book could need, each with its key. Pure; the store is not asked here. */
import type { Realm } from '../account.ts';
import { type AudioFormat, CHAPTER_FORMATS, type Manifest, type OutputFormat } from '../manifest/manifest.ts';
import { MODELS, type Model } from '../models.ts';
import type { Coverage } from '../script/coverage.ts';
import type { Segment } from '../script/segments.ts';
import type { SourceText } from '../script/source.ts';
import { bookKey, masterKey, pickupKey, preferredName, takeKey, voiceKey } from './keys.ts';
import { PAUSE_MS } from './pauses.ts';
import type { Asset, BindStep, ChapterTags, EnrollStep, MasterStep, SynthesizeStep, VoiceRef } from './step.ts';

/** What a draft is made from: a checked manifest with its texts cut and its files identified. */
export interface DraftSource {
  manifest: Manifest;
  chapters: readonly SourceChapter[];
  /** By character name; one for every speaking character that is cloned from a sample. */
  samples: ReadonlyMap<string, Asset>;
  cover?: Asset;
  /** The author's own recordings, by the path as segments name it; none when left out. */
  pickups?: ReadonlyMap<string, Asset>;
  realm: Realm;
}

/** A chapter's text, cut, with the proof that nothing of it is lost. */
export interface SourceChapter {
  /** 1-based. */
  number: number;
  title: string;
  segments: readonly Segment[];
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
  mastering: Manifest['mastering'];
  custom?: Manifest['custom'];
}

/** The steps of one chapter. */
export interface DraftChapter {
  number: number;
  title: string;
  /** In the order they are heard; equal segments appear as often as they are heard. */
  segments: SynthesizeStep[];
  /** For each segment the index of its line: what one speaker says in one go. */
  lines: number[];
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
      const key = takeKey(sound, source.realm);
      const variant = heard.get(key) ?? 0;
      heard.set(key, variant + 1);
      if (!source.manifest.varyRepeats || variant === 0) return { kind: 'synthesize', key, ...place, ...sound };
      const varied = { ...sound, variant };
      return { kind: 'synthesize', key: takeKey(varied, source.realm), ...place, ...varied };
    });
    const master = draftMaster({ source, chapter, segments, sampleRateHz: model.outputRateHz });
    const lines = chapter.segments.map(({ lineIndex }) => lineIndex);
    const { number, title, coverage } = chapter;
    return { number, title, segments, lines, master, coverage, ...(chapter.source && { source: chapter.source }) };
  });
  const book = source.manifest.formats.includes('m4b') ? draftBind(source, chapters) : undefined;
  const { title, author = '', formats, subtitles, captionUnit, extras, mastering, custom } = source.manifest;
  const delivery = { author, formats, subtitles, captionUnit, extras, mastering, ...(custom && { custom }) };
  const draft = { title, model, voices: [...enrollments.values()], chapters, delivery };
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
  chapter: DraftSource['chapters'][number];
  segments: SynthesizeStep[];
  sampleRateHz: number;
}): MasterStep {
  const step: Omit<MasterStep, 'key'> = {
    kind: 'master',
    chapter: chapter.number,
    title: chapter.title,
    takes: segments.map((segment, index) => ({
      key: segment.key,
      character: levelledWith(segment),
      // A recording of the author's is heard whatever the text says.
      ...(segment.pickup === undefined && { text: segment.text }),
      pauseAfterMs: pauseAfterMs(chapter.segments[index], source.manifest),
    })),
    sampleRateHz,
    profile: source.manifest.mastering,
    ...(source.manifest.custom === undefined ? {} : { custom: source.manifest.custom }),
    formats: chapterFormats(source.manifest.formats),
    tags: chapterTags(source, chapter),
    ...(source.cover === undefined ? {} : { cover: source.cover }),
  };
  return { ...step, key: masterKey(step) };
}

/** Levels are set per character. A recording has a level of its own, so it counts as a speaker by itself and is matched. */
function levelledWith({ character, pickup }: SynthesizeStep): string {
  return pickup === undefined ? character : `${character}, recorded ${pickup.digest.slice(0, 16)}`;
}

/** The book is made of the chapters' AAC, so asking for it makes M4A of the chapters, too; they are not delivered then. */
function chapterFormats(formats: readonly OutputFormat[]): AudioFormat[] {
  return CHAPTER_FORMATS.filter((format) => formats.includes(format) || (format === 'm4a' && formats.includes('m4b')));
}

function draftBind({ manifest, cover }: DraftSource, chapters: readonly DraftChapter[]): BindStep {
  const step: Omit<BindStep, 'key'> = {
    kind: 'bind',
    title: manifest.title,
    chapters: chapters.map(({ master, title }) => ({ key: master.key, title })),
    tags: {
      title: manifest.title,
      artist: manifest.author ?? '',
      language: manifest.language,
      comment: syntheticSpeech(manifest),
    },
    ...(cover === undefined ? {} : { cover }),
  };
  return { ...step, key: bookKey(step) };
}

function syntheticSpeech({ model }: Manifest): string {
  return `Synthetic speech (cloned voices, ${model}).`;
}

/** The author's pause, then the book's, then ours. Behind the last take there is only the chapter's tail. */
function pauseAfterMs(segment: Segment | undefined, { pausesMs }: Manifest): number {
  const boundary = segment?.boundaryAfter ?? 'chapter';
  if (boundary === 'chapter') return PAUSE_MS.chapter;
  return segment?.pauseAfterMs ?? pausesMs[boundary] ?? PAUSE_MS[boundary];
}

function chapterTags(source: DraftSource, chapter: { number: number; title: string }): ChapterTags {
  const { manifest } = source;
  return {
    title: chapter.title,
    album: manifest.title,
    artist: manifest.author ?? '',
    track: chapter.number,
    tracks: source.chapters.length,
    language: manifest.language,
    comment: syntheticSpeech(manifest),
  };
}
