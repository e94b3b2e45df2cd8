import type { Manifest } from '../manifest/manifest.ts';
import { retailSampleStart } from '../script/lines/retail-sample-start.ts';
import type { BookChapter } from './chapters.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';

/** Where the retail sample begins. */
export interface RetailSampleStart {
  /** 1-based number of its chapter. */
  chapter: number;
  /** 0-based index of the chapter's segment that it begins with. */
  firstSegment: number;
  /** Target length. */
  seconds: number;
}

/** Finds the start of the retail sample; undefined when none is requested, or when its words are not found, which is reported in the context. */
export function findRetailSampleStart(
  context: ReadingContext,
  { retailSample }: Manifest,
  chapters: readonly BookChapter[],
): RetailSampleStart | undefined {
  if (retailSample === undefined) return undefined;
  const { chapter: number, from, seconds, at } = retailSample;
  const chapter = chapters.find((one) => one.number === number && one.role === undefined);
  if (chapter === undefined || chapter.segments.length === 0) return undefined;
  const firstSegment = retailSampleStart({ ...chapter, ...(from !== undefined && { from }) });
  if (firstSegment !== undefined) return { chapter: number, firstSegment, seconds };
  const message = `The retail sample cannot begin with "${from}": these words are not in the chapter "${chapter.title}".`;
  addDiagnostic(context, at, {
    code: 'sample-not-found',
    message,
    fix: 'Copy a few words of one sentence from the chapter.',
  });
  return undefined;
}
