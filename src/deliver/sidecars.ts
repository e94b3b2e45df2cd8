/** Extra files: subtitles, labels, a cue sheet. Made from the plan and the records; pure. */
import { type Caption, captionsOf, type SpokenTake } from '../captions/caption-times.ts';
import { cueSheet } from '../captions/cue-sheet.ts';
import { EARLIER_SEARCHES } from '../captions/earlier-searches.ts';
import { audacityLabels, captionFile } from '../captions/formats.ts';
import type { Plan, PlannedChapter } from '../plan/plan.ts';
import type { SynthesizeStep } from '../plan/step.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import type { BookRecord } from '../store/books.ts';
import type { MasterPart, TakePlace } from '../store/masters.ts';

/** A text file to deliver. */
export interface Sidecar {
  name: string;
  text: string;
  /** What earlier versions wrote: other times, or without their source or the numbers of the lines. Such a file stays as it is. */
  earlierTexts?: () => readonly string[];
}

/** The extra files of a chapter, or of one of its parts; named after it. */
export function chapterSidecars(of: {
  plan: Plan;
  chapter: PlannedChapter;
  part: MasterPart;
  /** Positions of all takes of the chapter, each relative to its part. */
  positions: readonly TakePlace[];
  stem: string;
}): Sidecar[] {
  const { plan, chapter, part, positions, stem } = of;
  const { subtitles, captionUnit, extras, author } = plan.delivery;
  if (subtitles.length === 0 && !extras.includes('labels')) return [];
  const takes = spokenTakes(chapter, positions).slice(part.firstTake, part.firstTake + part.takes);
  const captions = captionsOf(takes, captionUnit);
  const head = { title: chapter.title, album: plan.title, artist: author, durationSeconds: part.durationSeconds };
  const files = subtitles.map((format): Sidecar => {
    const earlierTexts = (): string[] => {
      const earlier = EARLIER_SEARCHES.map((search) => captionsOf(takes, captionUnit, search));
      const unsourced = earlier.map((each) => each.map(withoutAnchors));
      const unnumbered = unsourced.map((each) => each.map(withoutNumber));
      return [...earlier, ...unsourced, ...unnumbered].map((each) => captionFile(each, format, head));
    };
    return { name: `${stem}.${format}`, text: captionFile(captions, format, head), earlierTexts };
  });
  if (extras.includes('labels')) {
    files.push({ name: `${stem}.labels.txt`, text: audacityLabels(captionsOf(takes, 'line')) });
  }
  return files;
}

function withoutAnchors({ anchors: _, ...caption }: Caption): Caption {
  return caption;
}

function withoutNumber({ number: _, ...caption }: Caption): Caption {
  return caption;
}

/** The extra files of the book. */
export function bookSidecars({ plan, book, stem }: { plan: Plan; book: BookRecord; stem: string }): Sidecar[] {
  if (!plan.delivery.extras.includes('cue')) return [];
  const { title, delivery } = plan;
  const sheet = { title, artist: delivery.author, file: `${stem}.m4b`, tracks: book.chapters };
  return [{ name: `${stem}.cue`, text: cueSheet(sheet) }];
}

/** The takes of a chapter with their positions; takes without a position are left out. */
export function spokenTakes(chapter: PlannedChapter, positions: readonly TakePlace[]): SpokenTake[] {
  return chapter.segments.flatMap(({ step }, index) => {
    const place = positions[index];
    if (place === undefined) return [];
    // The author's text, not its pronunciation, since it is read.
    const text = step.written ?? step.text;
    const heard = heardWords(place, step.sampleRateHz);
    const line = chapter.lines[index] ?? index;
    return [{ character: step.character, text, line, number: numberOf(step, line), ...place, ...(heard && { heard }) }];
  });
}

/** A line of the retail sample has the number that it has in its chapter. */
function numberOf({ chapter, line }: SynthesizeStep, index: number): string {
  return formatLineName({ chapter, line: line ?? index + 1 });
}

/** The words of a take from its first sample in the chapter; its trimmed start is before it. */
function heardWords({ take, durationSeconds }: TakePlace, sampleRateHz: number): SpokenTake['heard'] {
  const trimmed = (take?.fromSample ?? 0) / sampleRateHz;
  return take?.words?.map(({ text, startSeconds, endSeconds }) => ({
    text,
    startSeconds: Math.min(durationSeconds, Math.max(0, startSeconds - trimmed)),
    endSeconds: Math.min(durationSeconds, Math.max(0, endSeconds - trimmed)),
  }));
}
