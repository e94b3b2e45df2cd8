import { formatLineName } from '../script/lines/line-name.ts';
import type { SynthesizeStep } from './step.ts';

/**
 * The number of a step's line, such as `3:37`, or `3:37.2` for one of its segments; the same in every output. Undefined in
 * jobs of earlier versions. A line of the retail sample has the number that it has in its chapter. Pure.
 */
export function lineNumberOf({
  chapter,
  line,
  segment,
}: Pick<SynthesizeStep, 'chapter' | 'line' | 'segment'>): string | undefined {
  if (line === undefined) return undefined;
  return formatLineName({ chapter, line, ...(segment !== undefined && { segment }) });
}
