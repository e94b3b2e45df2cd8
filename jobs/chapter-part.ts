/** One finished part of a chapter: joins its takes into files, measures the files and stores them. */
import { join } from 'node:path';
import type { Cover } from '../src/audio/ffmpeg/encode.ts';
import type { ChapterTake } from '../src/audio/mastering/chapter-sound.ts';
import { cutLines, type LinePlace } from '../src/audio/mastering/lines.ts';
import { type ChapterSection, masterChapter } from '../src/audio/mastering/master.ts';
import type { TakeRange } from '../src/audio/mastering/split-chapter.ts';
import { inspectFile } from '../src/audio/measure/inspect.ts';
import { PipelineError } from '../src/errors.ts';
import type { CharacterGains } from '../src/plan/levels.ts';
import { partTitle } from '../src/plan/names.ts';
import type { ChapterTags, MasterStep } from '../src/plan/step.ts';
import type { MeasuredFile } from '../src/qc/measured-file.ts';
import type { Profile } from '../src/qc/profiles.ts';
import { ruleName } from '../src/qc/rule-names.ts';
import { judgeFile, overallVerdict } from '../src/qc/verdict.ts';
import { HEAD_LINE } from '../src/script/lines/line-name.ts';
import type { MasterFile, MasterRecord, PartRecord, TakePlace } from '../src/store/masters.ts';
import type { Store } from '../src/store/store.ts';
import { readTakeWords, type TakeWord } from '../src/store/take-words.ts';
import type { TakeRecord } from '../src/store/takes.ts';
import type { JobContext } from './context.ts';
import { placesOf } from './verify-takes.ts';

/** The input of a part. */
export interface PartRequest {
  step: MasterStep;
  /** All takes of the step: their records, and what mastering needs of them. */
  takes: readonly TakeRecord[];
  chapter: readonly ChapterTake[];
  /** Gains that bring the characters to one level; undefined when there is nothing to adjust. */
  gains: CharacterGains | undefined;
  /** The takes of this part. */
  range: TakeRange;
  /** Absent for a chapter in one piece. */
  part: { number: number; of: number } | undefined;
  profile: Profile;
  /** Tags of the chapter; the title of a part also says which part it is. */
  tags: ChapterTags;
  cover?: Cover;
  /** For intermediate files; the caller removes it. */
  folder: string;
  signal: AbortSignal;
  /** Called with the finished share of the part, 0 to 1; often. */
  onProgress?: ((share: number) => void) | undefined;
}

/** A part whose files are in the store. */
export interface MadePart {
  record: PartRecord;
  files: MasterFile[];
  verdict: MasterRecord['verdict'];
  failures: string[];
  positions: TakePlace[];
  /** Paths and positions of its lines' files; empty when none are requested. */
  lines: { path: string; place: LinePlace }[];
}

/** Of the time that a part takes, what rendering and encoding take; the rest is measuring the finished files. */
const ENCODING_SHARE = 0.7;

/** Makes one part. Errors: those of `masterChapter` and of the store, and `text-unaccounted` (see `placesOf`). */
export async function makePart(request: PartRequest, { store, ffmpeg }: JobContext): Promise<MadePart> {
  const { step, chapter, range, part, profile, folder, signal } = request;
  const name = `part-${part?.number ?? 0}`;
  const outputs = step.formats.map((format) => ({ format, path: join(folder, `${name}.${format}`) }));
  // Lines are cut from the sound before it is encoded.
  const wav = join(folder, `${name}-lines.wav`);
  const tags = part === undefined ? request.tags : { ...request.tags, title: partTitle(request.tags.title, part) };
  const made = await masterChapter({
    ffmpeg,
    takes: chapter.slice(range.first, range.end),
    ...(request.gains && { characterGainsDb: request.gains }),
    sampleRateHz: step.sampleRateHz,
    profile,
    outputs: step.lines === undefined ? outputs : [...outputs, { format: 'wav', path: wav }],
    tags,
    sections: sectionsIn(step.sections ?? [], range),
    ...(request.cover && { cover: request.cover }),
    signal,
    onProgress: (share) => request.onProgress?.(share * ENCODING_SHARE),
  });
  const takes = request.takes.slice(range.first, range.end);
  const words = await wordsOf(takes, store);
  const positions = placesOf({ step, takes, made, words });
  const record: PartRecord = {
    durationSeconds: made.durationSeconds,
    loudnessLufs: null,
    curves: { peaks: [], loudnessLufs: [] },
    firstTake: range.first,
    takes: range.end - range.first,
  };
  const files: MasterFile[] = [];
  const failures: string[] = [];
  const verdicts: Pick<MadePart, 'verdict'>[] = [];
  for (const [index, { format, path }] of outputs.entries()) {
    const measured = await inspectFile({ ffmpeg, path, signal });
    request.onProgress?.(ENCODING_SHARE + ((1 - ENCODING_SHARE) * (index + 1)) / outputs.length);
    checkWhole(measured, { format, seconds: made.durationSeconds, tags });
    const judged = judgeFile(measured, profile);
    const which = part === undefined ? format : `part ${part.number}, ${format}`;
    for (const rule of judged.rules) {
      if (!rule.pass) failures.push(`${which}: ${ruleName(rule.rule)} is ${rule.measured}, wanted ${rule.wanted}`);
    }
    verdicts.push(judged);
    if (files.length === 0) record.curves = measured.curves;
    record.loudnessLufs ??= Number.isFinite(measured.loudnessLufs) ? measured.loudnessLufs : null;
    const own = part === undefined ? {} : { part: part.number };
    const { sampleRateHz } = measured;
    files.push({ format, ...own, ...(await store.putFile(path)), rules: judged.rules, sampleRateHz });
  }
  const places = linePlaces(request, positions);
  const paths =
    step.lines === undefined
      ? []
      : await cutLines({
          ffmpeg,
          wav,
          lines: places,
          format: step.lines.format,
          tags: request.tags,
          firstNumber: (step.lines.of[0] === HEAD_LINE ? 0 : 1) + linesBefore(step.lines.of, range.first),
          folder,
          signal,
        });
  const lines = paths.map((path, index) => ({ path, place: places[index]! }));
  return { record, files, verdict: overallVerdict(verdicts), failures, positions, lines };
}

/** Containers round the length, and encoders add a few milliseconds. */
const LENGTH_TOLERANCE_SECONDS = 0.5;

/**
 * Throws for a file that ffmpeg wrote broken or short without reporting it: nothing of it is stored, and the queue makes
 * the chapter again.
 */
function checkWhole(
  { damage, durationSeconds }: MeasuredFile,
  { format, seconds, tags }: { format: string; seconds: number; tags: ChapterTags },
): void {
  const isWhole = Math.abs(durationSeconds - seconds) <= LENGTH_TOLERANCE_SECONDS;
  if (damage === null && isWhole) return;
  const problem = damage ?? `it has ${durationSeconds.toFixed(1)} s of ${seconds.toFixed(1)} s`;
  throw new PipelineError({
    code: 'ffmpeg-failed',
    message: `ffmpeg did not write chapter ${tags.track} (${tags.title}) as ${format} completely (${problem}). It was not kept. If that happens again, try another ffmpeg (FFMPEG_PATH).`,
    retry: 'backoff',
  });
}

/** The words of the takes; one read at a time, for the few takes that have any. */
async function wordsOf(takes: readonly TakeRecord[], store: Store): Promise<(TakeWord[] | undefined)[]> {
  const words: (TakeWord[] | undefined)[] = [];
  for (const take of takes) words.push(await readTakeWords(store, take));
  return words;
}

/** The sections of a part, counted from its first take, which may belong to a section that began in the part before. */
function sectionsIn(sections: NonNullable<MasterStep['sections']>, { first, end }: TakeRange): ChapterSection[] {
  return sections
    .filter(({ firstTake }, index) => firstTake < end && (sections[index + 1]?.firstTake ?? Infinity) > first)
    .map(({ title, firstTake }) => ({ title, firstTake: Math.max(0, firstTake - first) }));
}

/** Consecutive takes of one line become one place, from the start of the first to the end of the last. */
function linePlaces({ step, range }: PartRequest, positions: readonly TakePlace[]): LinePlace[] {
  const places: (LinePlace & { line: number })[] = [];
  positions.forEach(({ startSeconds, durationSeconds }, index) => {
    const line = step.lines?.of[range.first + index] ?? -1;
    const last = places.at(-1);
    if (last?.line === line) last.durationSeconds = startSeconds + durationSeconds - last.startSeconds;
    else {
      const { speaker, character } = step.takes[range.first + index]!;
      places.push({ line, character: speaker ?? character, startSeconds, durationSeconds });
    }
  });
  return places.map(({ line: _line, ...place }) => place);
}

/**
 * How many lines begin in earlier parts. A line that continues into the next part counts in both, so that no two files
 * share a number.
 */
function linesBefore(lineOf: readonly number[], firstTake: number): number {
  return new Set(lineOf.slice(0, firstTake)).size;
}
