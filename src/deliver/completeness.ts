/**
 * Writes completeness.json next to the report: each character of the text, its segment, its take, and its position in the
 * audio. Checked by tools/check-report.mjs, which shares no code with this file; see docs/explanation/proof.md. Its bytes are part of the
 * contract, including the texts in it.
 */
import { createHash } from 'node:crypto';
import type { RunFinishedEvent } from '../events.ts';
import type { Edition, EditionChapter } from '../plan/edition.ts';
import { type Plan, type PlannedChapter, spokenChapters } from '../plan/plan.ts';
import { formatLineName, segmentNames } from '../script/lines/line-name.ts';
import type { BookRecord } from '../store/books.ts';
import type { MasterRecord, PlacedTake } from '../store/masters.ts';
import type { TakeWord } from '../store/take-words.ts';
import { namedFiles } from './file-names.ts';
import { deliverText } from './files.ts';
import type { MarkedFile } from './marks/deliver-marked.ts';

/** The file's name in the delivery folder. */
export const COMPLETENESS = 'completeness.json';

/** The entry for it in report.json. */
export interface CompletenessNote {
  file: string;
  /** SHA-256 of the file. */
  digest: string;
  about: string;
}

/** The records of one delivered chapter. */
export interface ProvenChapter {
  master: MasterRecord;
  /** In listening order; undefined when its takes are no longer known. */
  takes: PlacedTake[] | undefined;
}

const ABOUT =
  'Maps every character of the text to its segment, take and samples. Checked by tools/check-report.mjs; see docs/proof.md.';

const UNITS = {
  text: 'UTF-16 code units of the text (UTF-8 decoded, without a byte order mark), from 0; "end" is just behind the last',
  sound:
    'samples of the chapter before it was encoded, mono, at the chapter\'s "sampleRateHz", from 0; "end" is just behind the last; "from" is the first sample of the take that is heard; a file of another rate has them at sample × its rate ÷ "sampleRateHz"',
  digest: 'SHA-256 in hex: of a text in UTF-8, of a file, or of a take as s16le mono',
};

/** Writes the file and returns its entry for the report. Its bytes depend only on the edition. */
export async function writeCompleteness(
  folder: string,
  of: {
    plan: Plan;
    /** The same book as in its lock. */
    edition: Edition;
    finished: RunFinishedEvent;
    /** By chapter number; chapters that were not delivered have none. */
    proven: ReadonlyMap<number, ProvenChapter>;
    book: BookRecord | undefined;
    /** The delivered files with marks, by name. */
    marked?: ReadonlyMap<string, MarkedFile>;
  },
): Promise<CompletenessNote> {
  const { plan, edition, finished, proven, book, marked = new Map() } = of;
  const { chapters: inEdition, book: _book, ...edited } = edition;
  const head = {
    format: 'narration-completeness',
    version: 1,
    about: ABOUT,
    units: UNITS,
    complete: isComplete(finished),
    ...(finished.partial && { partial: finished.partial }),
    ...edited,
  };
  const chapters = spokenChapters(plan).map((chapter, at) =>
    chapterLines({ plan, chapter, edited: inEdition[at]!, finished, proven: proven.get(chapter.number), marked }),
  );
  const text = [
    JSON.stringify(head, null, 2).slice(0, -2),
    `,\n  "chapters": [\n${chapters.join(',\n')}\n  ],\n`,
    `  "book": ${JSON.stringify(bookOf(finished, book, marked))}\n}\n`,
  ].join('');
  await deliverText({ text, folder, name: COMPLETENESS });
  return { file: COMPLETENESS, digest: createHash('sha256').update(text).digest('hex'), about: ABOUT };
}

/** Whether the whole book was delivered and passes. */
export function isComplete({ ok, partial }: Pick<RunFinishedEvent, 'ok' | 'partial'>): boolean {
  return ok && partial === undefined;
}

interface ChapterParts {
  plan: Plan;
  chapter: PlannedChapter;
  edited: EditionChapter;
  finished: RunFinishedEvent;
  proven: ProvenChapter | undefined;
  marked: ReadonlyMap<string, MarkedFile>;
}

/** One line per segment and per range, so that it is readable and diffs are useful. */
function chapterLines({ plan, chapter, edited, finished, proven, marked }: ChapterParts): string {
  const { number, title, source } = chapter;
  const { sampleRateHz } = chapter.master.step;
  const head = {
    index: number,
    title,
    delivered: proven !== undefined,
    source: source === undefined ? null : { ...edited.source, kind: source.kind, characters: source.text.length },
    sampleRateHz,
    samples: proven === undefined ? 0 : Math.round(proven.master.durationSeconds * sampleRateHz),
    ...(proven?.master.parts && {
      parts: proven.master.parts.map(({ durationSeconds }, index) => ({
        part: index + 1,
        samples: Math.round(durationSeconds * sampleRateHz),
      })),
    }),
    master: edited.master,
    ffmpeg: edited.ffmpeg,
    files: proven === undefined ? [] : filesOf({ plan, chapter, finished, marked }, proven.master),
  };
  const fields = Object.entries(head).map(([name, value]) => `      "${name}": ${JSON.stringify(value)}`);
  const names = segmentNames(number, chapter.lines);
  const segments = edited.segments.map((segment, index) => ({
    segment: index + 1,
    number: formatLineName(names[index]!),
    ...segment,
    ...placeOf(chapter, index, proven),
  }));
  const ranges = (source?.ranges ?? []).map((range) =>
    'segment' in range ? { ...range, segment: range.segment + 1 } : range,
  );
  return `    {\n${[...fields, listOf('segments', segments), listOf('ranges', ranges)].join(',\n')}\n    }`;
}

function listOf(name: string, items: readonly object[]): string {
  const lines = items.map((item) => `        ${JSON.stringify(item)}`);
  return lines.length === 0 ? `      "${name}": []` : `      "${name}": [\n${lines.join(',\n')}\n      ]`;
}

/** The take of a segment and its position. Rounding restores the exact samples, from which the record's seconds were computed. */
function placeOf({ master, segments }: PlannedChapter, index: number, proven: ProvenChapter | undefined): object {
  const { key } = segments[index]!.step;
  const place = proven?.master.positions[index];
  if (place === undefined) return { take: { key }, sound: null };
  const { sampleRateHz } = master.step;
  const start = Math.round(place.startSeconds * sampleRateHz);
  const end = start + Math.round(place.durationSeconds * sampleRateHz);
  const parts = proven?.master.parts;
  const part = parts && { part: 1 + parts.findIndex(({ firstTake, takes }) => index < firstTake + takes) };
  const take = proven?.takes?.[index];
  if (take === undefined) return { take: { key }, sound: { ...part, start, end } };
  const { fromSample: from, sessionId: session, responseId: response, doubts = [], words, ...rest } = take;
  const verdict = doubts.length === 0 ? 'good' : 'doubtful';
  return {
    take: {
      ...rest,
      session,
      response,
      verdict,
      ...(doubts.length > 0 && { doubts }),
      // Only what the service told; times of captions are estimated where it told none.
      ...(words && { words: { source: 'service', seconds: words.map(wordRow) } }),
    },
    sound: { ...part, start, end, ...(from !== undefined && { from }) },
  };
}

function filesOf(
  { plan, chapter, finished, marked }: Omit<ChapterParts, 'edited' | 'proven'>,
  master: MasterRecord,
): object[] {
  const { files = [] } =
    finished.chapters.find(({ index, role }) => index === chapter.number && role === chapter.role) ?? {};
  const delivered = new Set(files.map((path) => path.slice(finished.folder.length + 1)));
  return namedFiles(plan, chapter, master).flatMap(({ file, name }) => {
    if (!delivered.has(name)) return [];
    const { format, part, digest, sampleRateHz } = file;
    const parts = { ...(part !== undefined && { part }) };
    return [{ name, format, ...parts, ...digests(digest, marked.get(name)), ...(sampleRateHz && { sampleRateHz }) }];
  });
}

/** The digest of the delivered file, and that of the stored one where marks make them differ. */
function digests(stored: string, marked: MarkedFile | undefined): { digest: string; unmarked?: string } {
  return marked === undefined ? { digest: stored } : { digest: marked.digest, unmarked: stored };
}

function bookOf(
  { book: delivered, folder }: RunFinishedEvent,
  book: BookRecord | undefined,
  marked: ReadonlyMap<string, MarkedFile>,
): object | null {
  const path = delivered?.files[0];
  if (path === undefined || book === undefined) return null;
  const { file, chapters } = book;
  const name = path.slice(folder.length + 1);
  return { name, ...digests(file.digest, marked.get(name)), chapters };
}

/** A word of a take with its start and end, from the take's first sample. */
function wordRow({ text, startSeconds, endSeconds }: TakeWord): [string, number, number] {
  return [text, startSeconds, endSeconds];
}
