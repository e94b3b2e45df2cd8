/** The steps that join takes: the master of a chapter, and the retail sample. Pure. */
import { creditTitles } from '../manifest/fields/credit-words.ts';
import { type AudioFormat, CHAPTER_FORMATS, type Manifest, type OutputFormat } from '../manifest/manifest.ts';
import type { Segment } from '../script/cut/cut-segments.ts';
import type { Coverage } from '../script/text/coverage.ts';
import type { DraftChapter, DraftSource, SourceChapter } from './draft.ts';
import { masterKey } from './keys.ts';
import { PAUSE_MS } from './pauses.ts';
import { mayBeTooLong, sampleCandidates } from './retail-sample.ts';
import type { MasterStep, SynthesizeStep } from './step.ts';
import { chapterTags } from './tags.ts';

/** The step that masters a chapter. */
export function draftMaster({
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
  return { ...step, key: masterKey(step, source.masteringVersion) };
}

/** A shorter pause is one between sentences: a mark there would be in the middle of speech. */
const LEAST_PAUSE_BEFORE_MARK_MS = 500;

/** The chapter's sections as marks. What comes before the first heading is a section, too. */
function sectionsOf(
  { title, segments, sections = [] }: SourceChapter,
  manifest: Manifest,
): NonNullable<MasterStep['sections']> {
  const marked = sections.filter(
    ({ firstSegment }) =>
      firstSegment > 0 && pauseAfterMs(segments[firstSegment - 1], manifest) >= LEAST_PAUSE_BEFORE_MARK_MS,
  );
  const marks = marked.map((section) => ({ title: section.title, firstTake: section.firstSegment }));
  return [{ title, firstTake: 0 }, ...marks];
}

/** The retail sample: takes of a chapter under a title of their own. Nothing is spoken only for the sample. */
export function draftSample({
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
  return { ...head, segments, lines, master: { ...master, key: masterKey(master, source.masteringVersion) }, coverage };
}

function masterTakes(
  manifest: Manifest,
  segments: readonly Segment[],
  steps: readonly SynthesizeStep[],
): MasterStep['takes'] {
  return steps.map((step, index) => ({
    key: step.key,
    character: levelGroup(step),
    // The author's own recording is used whatever the text is, so it is not compared with the text.
    ...(step.pickup === undefined ? { text: step.text } : { speaker: step.character }),
    pauseAfterMs: pauseAfterMs(segments[index], manifest),
  }));
}

/** Whose level a take has. Levels are set per character; a recording has its own level, so it counts as a separate speaker. */
function levelGroup({ character, pickup }: SynthesizeStep): string {
  return pickup === undefined ? character : `${character}, recorded ${pickup.digest.slice(0, 16)}`;
}

function boundariesOf(segments: readonly Segment[]): { boundaries: Segment['boundaryAfter'][] } {
  return { boundaries: segments.map(({ boundaryAfter }) => boundaryAfter) };
}

/**
 * The M4B is made from the chapters' AAC, so it needs M4A chapters, which are then not delivered. An EPUB needs them too,
 * unless there are MP3s.
 */
function chapterFormats(formats: readonly OutputFormat[], epub: boolean): AudioFormat[] {
  const needsM4a = formats.includes('m4b') || (epub && !formats.includes('mp3'));
  return CHAPTER_FORMATS.filter((format) => formats.includes(format) || (format === 'm4a' && needsM4a));
}

/** The line's own pause, else the manifest's, else the default. After the last take there is only the chapter's tail. */
function pauseAfterMs(segment: Segment | undefined, { pausesMs }: Manifest): number {
  const boundary = segment?.boundaryAfter ?? 'chapter';
  if (boundary === 'chapter') return PAUSE_MS.chapter;
  return segment?.pauseAfterMs ?? pausesMs[boundary] ?? PAUSE_MS[boundary];
}
