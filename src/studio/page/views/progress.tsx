/** How far a chapter or the book is, as a bar and in words. */
import type { ChapterSummary } from '../../shapes.ts';
import { percent } from '../text/format.ts';
import { language, t } from '../words/words.ts';

/** What is counted. */
type Counted = Pick<ChapterSummary, 'lines' | 'passed' | 'toHear' | 'unspoken' | 'heard'>;

/** "97.8 % passed, 3 to hear, 83 % heard". */
export function progressText({ lines, passed, toHear, unspoken, heard }: Counted): string {
  const parts = [t('passed', { share: percent(lines === 0 ? 1 : passed / lines, language.value) })];
  if (toHear > 0) parts.push(t('countToHear', { n: toHear }));
  if (unspoken > 0) parts.push(t('countUnspoken', { n: unspoken }));
  if (toHear === 0 && unspoken === 0) parts.push(t('nothingToHear'));
  if (heard !== undefined && unspoken < lines)
    parts.push(t('heardShare', { share: percent(heard / lines, language.value) }));
  return parts.join(language.value === 'en' ? ', ' : '，');
}

/** The bar; the words beside it say the same. */
export function ProgressBar({ of: { lines, passed, toHear } }: { of: Counted }) {
  const share = (value: number): string => `${lines === 0 ? 0 : (value / lines) * 100}%`;
  return (
    <span class="bar" aria-hidden="true">
      <span class="bar-passed" style={{ width: share(passed) }} />
      {toHear > 0 && <span class="bar-open" style={{ width: share(toHear) }} />}
    </span>
  );
}

/** The sum of several chapters. A retail sample repeats lines of others and is not counted. */
export function sumOf(chapters: readonly ChapterSummary[]): Counted & { seconds: number } {
  const sum = { lines: 0, passed: 0, toHear: 0, unspoken: 0, seconds: 0, heard: 0 };
  for (const chapter of chapters) {
    if (chapter.role === 'retail-sample') continue;
    sum.heard += chapter.heard ?? 0;
    for (const name of ['lines', 'passed', 'toHear', 'unspoken', 'seconds'] as const) sum[name] += chapter[name];
  }
  return sum;
}
