import type { Manifest } from '../manifest/manifest.ts';
import { retailSampleStart } from '../script/retail-sample-start.ts';
import type { BookChapter } from './chapters.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';

/** Where the retail sample begins. */
export interface SamplePlace {
  /** 1-based number of its chapter. */
  chapter: number;
  /** 0-based index of the chapter's segment that it begins with. */
  firstSegment: number;
  /** How long it should be. */
  seconds: number;
}

/** Finds the place in the texts; undefined when none is asked for, or when its words are nowhere, which is told at the desk. */
export function placeSample(
  context: ReadingContext,
  { retailSample }: Manifest,
  chapters: readonly BookChapter[],
): SamplePlace | undefined {
  if (retailSample === undefined) return undefined;
  const { chapter: number, from, seconds, at } = retailSample;
  const chapter = chapters.find((one) => one.number === number && one.role === undefined);
  if (chapter === undefined || chapter.segments.length === 0) return undefined;
  const firstSegment = retailSampleStart({ ...chapter, ...(from !== undefined && { from }) });
  if (firstSegment !== undefined) return { chapter: number, firstSegment, seconds };
  const message = `The retail sample can not begin with "${from}": these words are not in the chapter "${chapter.title}".`;
  addDiagnostic(context, at, {
    code: 'sample-not-found',
    message,
    fix: 'Copy a few words of one sentence from the chapter.',
  });
  return undefined;
}
