/** Lines that need a person: doubtful takes, texts that the service refused. In reports, with their place in the book. Pure. */
import type { TakeDoubt } from '../events.ts';
import { type Plan, type PlannedSegment, spokenChapters } from './plan.ts';

/** Where a segment stands. */
export interface LinePlace {
  /** 1-based number and title of its chapter. */
  chapter: number;
  title: string;
  /** 1-based number of its line in the chapter. */
  line: number;
  /** 0-based place among the chapter's segments. */
  segment: number;
  /** 1-based place in the book. */
  ordinal: number;
  character: string;
  /** What the author wrote. */
  text: string;
}

/** A take that is kept with a doubt. */
export interface DoubtfulLine extends LinePlace {
  /** Worst first. */
  doubts: TakeDoubt[];
  /** How often it was spoken. */
  tries: number;
  /** It is the author's own recording. */
  pickup: boolean;
}

/** A text that the service would not say. */
export interface RefusedLine extends LinePlace {
  /** The service's reason and the ways on. */
  reason: string;
}

/** A line that was tried to the end and left, while the rest of the book went on. */
export interface ParkedLine extends LinePlace {
  /** Names the failure; stable. */
  code: string;
  /** What went wrong, and what to do. */
  reason: string;
}

/** The places of all segments about which `find` has something to say, in the order of the text. */
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
      const place = { chapter: number, title, line, segment, ordinal, character, text: written ?? text };
      return [{ ...place, found, pickup: pickup !== undefined }];
    }),
  );
}
