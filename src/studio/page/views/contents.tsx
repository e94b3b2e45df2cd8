/** The contents beside the text: the queue, and the chapters with how far they are. */
import type { ChapterSummary } from '../../shapes.ts';
import { Badge } from '../line/status.tsx';
import { Icon } from '../parts/icon.tsx';
import { attributions, openCount } from '../state/attributions.ts';
import { BASE } from '../state/base.ts';
import { route } from '../state/route.ts';
import { book } from '../state/studio.ts';
import { t } from '../words/words.ts';
import { Link } from './link.tsx';
import { ProgressBar, progressText, sumOf } from './progress.tsx';

/** The contents; `onGo` closes them where they cover the page. */
export function Contents({ onGo }: { onGo: () => void }) {
  const now = book.value;
  if (now === undefined) return null;
  const { toHear } = sumOf(now.chapters);
  const at = route.value;
  // The page itself knows first.
  const open = attributions.value === undefined ? (now.openSpeakers ?? 0) : openCount.value;
  return (
    <nav class="contents" aria-label={t('menu')}>
      <ul class="places">
        {BASE !== '' && (
          <li>
            <a class="place-link" href="/books">
              <Icon name="back" />
              <span>{t('allBooks')}</span>
            </a>
          </li>
        )}
        <li>
          <Link to={{ at: 'overview' }} current={at.at === 'overview'} look="place-link" onGo={onGo}>
            <Icon name="book" />
            <span>{t('overview')}</span>
          </Link>
        </li>
        <li>
          <Link to={{ at: 'suspects' }} current={at.at === 'suspects'} look="place-link" onGo={onGo}>
            <Icon name="queue" />
            <span>{t('toHear')}</span>
            <span class={toHear > 0 ? 'count open' : 'count'}>{toHear}</span>
          </Link>
        </li>
        {(now.openSpeakers !== undefined || at.at === 'attributions') && (
          <li>
            <Link to={{ at: 'attributions' }} current={at.at === 'attributions'} look="place-link" onGo={onGo}>
              <Icon name="person" />
              <span>{t('whoSpeaks')}</span>
              <span class={open > 0 ? 'count open' : 'count'}>{open}</span>
            </Link>
          </li>
        )}
        {(now.proposals !== undefined || at.at === 'proposals') && (
          <li>
            <Link to={{ at: 'proposals' }} current={at.at === 'proposals'} look="place-link" onGo={onGo}>
              <Icon name="edit" />
              <span>{t('proposals')}</span>
              <span class={now.proposals === undefined ? 'count' : 'count open'}>{now.proposals ?? 0}</span>
            </Link>
          </li>
        )}
      </ul>
      <h2 class="label">{t('chapters')}</h2>
      <ol class="chapter-list">
        {now.chapters.map((chapter) => (
          <li key={chapter.number}>
            <ChapterLink chapter={chapter} current={at.at === 'chapter' && at.chapter === chapter.number} onGo={onGo} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function ChapterLink({ chapter, current, onGo }: { chapter: ChapterSummary; current: boolean; onGo: () => void }) {
  return (
    <Link to={{ at: 'chapter', chapter: chapter.number }} current={current} look="chapter-link" onGo={onGo}>
      <span class="chapter-number">{chapter.number}</span>
      <span class="chapter-title">{chapter.title}</span>
      {chapter.approved && (
        <Badge look="good" icon="check">
          <span class="visually-hidden">{t('approved')}</span>
        </Badge>
      )}
      <ProgressBar of={chapter} />
      <span class="chapter-state">{progressText(chapter)}</span>
    </Link>
  );
}
