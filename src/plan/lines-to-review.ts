/** Lines that somebody should review: doubtful takes, refused texts, failures. For reports, with their place in the book. Pure. */
import type { TakeDoubt } from '../events.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import { lineNumberOf } from './line-number.ts';
import { type Plan, type PlannedSegment, spokenChapters } from './plan.ts';

/** The place of a segment in the book. */
export interface LinePlace {
  /** 1-based number and title of its chapter. */
  chapter: number;
  title: string;
  /** 1-based number of its line in the chapter. */
  line: number;
  /** The line's number as people write it: `3:37`, or `3:37.2` for one of its segments. */
  number: string;
  /** 0-based place among the chapter's segments. */
  segment: number;
  /** 1-based place in the book. */
  ordinal: number;
  character: string;
  /** What the author wrote. */
  text: string;
}

/** A line whose take is doubtful. */
export interface DoubtfulLine extends LinePlace {
  /** Worst first. */
  doubts: TakeDoubt[];
  /** How often it was spoken. */
  tries: number;
  /** Whether it is the author's own recording. */
  pickup: boolean;
}

/** A line that the service refused to speak. */
export interface RefusedLine extends LinePlace {
  /** The service's reason, and what to do. */
  reason: string;
}

/** A line that failed after all retries, while the rest of the book continued. */
export interface ParkedLine extends LinePlace {
  /** Code of the failure; stable. */
  code: string;
  /** What went wrong, and what to do. */
  reason: string;
}

/** The places of all segments for which `find` returns something, in the order of the text. */
export function findLines<T>(
  plan: Plan,
  find: (segment: PlannedSegment) => T | undefined,
): (LinePlace & { found: T; pickup: boolean })[] {
  return spokenChapters(plan).flatMap(({ number, title, segments, lines }) =>
    segments.flatMap((planned, segment) => {
      const found = find(planned);
      if (found === undefined) return [];
      const { ordinal, character, text, written, pickup } = planned.step;
      const line = (lines[segment] ?? segment) + 1;
      const numbered = lineNumberOf(planned.step) ?? formatLineName({ chapter: number, line });
      const place = {
        chapter: number,
        title,
        line,
        number: numbered,
        segment,
        ordinal,
        character,
        text: written ?? text,
      };
      return [{ ...place, found, pickup: pickup !== undefined }];
    }),
  );
}
