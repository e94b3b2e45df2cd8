/** What a chapter is called. */
import type { ChapterSummary } from '../../shapes.ts';
import { t } from '../words/words.ts';

/** "Chapter 3", or what its role is called. */
export function chapterKind({ number, role }: Pick<ChapterSummary, 'number' | 'role'>): string {
  if (role === 'opening-credits') return t('openingCredits');
  if (role === 'closing-credits') return t('closingCredits');
  if (role === 'retail-sample') return t('retailSample');
  return t('chapter', { n: number });
}
