/** The steps that this process carries out now. */
import { lineNumberOf } from '../plan/line-number.ts';
import type { Step } from '../plan/step.ts';
import type { StepUnderWay } from './presence.ts';

/** Most steps that are told one by one. */
const MOST_TOLD = 32;

/** Notes steps while they are carried out. */
export interface StepsUnderWay {
  during<T>(step: Step, work: () => Promise<T>): Promise<T>;
  /** The longest under way first; never with words of a book. */
  list(): StepUnderWay[];
}

/** Opens an empty list. */
export function openStepsUnderWay(): StepsUnderWay {
  const underWay = new Map<symbol, { step: Step; sinceMs: number }>();
  return {
    during: async (step, work) => {
      const id = Symbol(step.kind);
      underWay.set(id, { step, sinceMs: performance.now() });
      try {
        return await work();
      } finally {
        underWay.delete(id);
      }
    },
    list: () => {
      const now = performance.now();
      return [...underWay.values()].slice(0, MOST_TOLD).map(({ step, sinceMs }) => ({
        kind: step.kind,
        ...placeOf(step),
        seconds: Math.round((now - sinceMs) / 100) / 10,
      }));
    },
  };
}

function placeOf(step: Step): Pick<StepUnderWay, 'book' | 'number' | 'chapter'> {
  switch (step.kind) {
    case 'enroll':
      return {};
    case 'synthesize': {
      const number = lineNumberOf(step);
      return { ...(step.book !== undefined && { book: step.book }), ...(number !== undefined && { number }) };
    }
    case 'master':
      return { book: step.tags.album, chapter: step.chapter };
    case 'bind':
      return { book: step.title };
  }
}
