/** The book at a glance: what waits for a person, its chapters, its speakers, its money. */
import type { Book, ChapterSummary } from '../../shapes.ts';
import { Badge } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { playFinished } from '../sound/player.ts';
import { goTo } from '../state/route.ts';
import { book, hues } from '../state/studio.ts';
import { clock } from '../text/format.ts';
import { t, translated } from '../words/words.ts';
import { chapterKind } from './chapter-name.ts';
import { ErrorList } from './error-list.tsx';
import { Link } from './link.tsx';
import { ProgressBar, progressText, sumOf } from './progress.tsx';

/** The view. */
export function Overview() {
  const now = book.value;
  if (now === undefined) return null;
  const sum = sumOf(now.chapters);
  return (
    <div class="view overview">
      <header class="view-head">
        <h1 class="book-title" lang={now.language}>
          {now.title}
        </h1>
        {now.author !== undefined && <p class="author">{t('byAuthor', { author: now.author })}</p>}
      </header>
      <section class="card summary" aria-label={t('overview')}>
        <div class="summary-text">
          <p class="big">{progressText(sum)}</p>
          <ProgressBar of={sum} />
        </div>
        {sum.toHear > 0 ? (
          <Button look="main" icon="play" onPress={() => goTo({ at: 'suspects' })}>
            {t('startHearing', { n: sum.toHear })}
          </Button>
        ) : (
          sum.unspoken === 0 && (
            <Badge look="good" icon="check">
              {t('allHeard')}
            </Badge>
          )
        )}
      </section>
      {now.openSpeakers !== undefined && (
        <section class="card summary" aria-label={t('whoSpeaks')}>
          <p class="summary-text">{t('openSpeakers', { n: now.openSpeakers })}</p>
          <Button icon="person" onPress={() => goTo({ at: 'attributions' })}>
            {t('nameSpeakers')}
          </Button>
        </section>
      )}
      {now.proposals !== undefined && (
        <section class="card summary" aria-label={t('proposals')}>
          <p class="summary-text">{t('proposalsWait', { n: now.proposals })}</p>
          <Button icon="edit" onPress={() => goTo({ at: 'proposals' })}>
            {t('lookAtProposals')}
          </Button>
        </section>
      )}
      <Notes of={now} />
      <Facts of={now} length={sum.seconds} />
      <section>
        <h2 class="section-title">{t('chapters')}</h2>
        <ol class="chapter-cards">
          {now.chapters.map((chapter) => (
            <ChapterCard key={chapter.number} chapter={chapter} version={now.version} />
          ))}
        </ol>
      </section>
      <section>
        <h2 class="section-title">{t('characters')}</h2>
        <ul class="speakers">
          {now.characters.map(({ name, lines }) => (
            <li key={name} style={{ '--hue': String(hues.value.get(name)) }}>
              <span class="speaker">{name}</span> <span class="hint">{t('lines', { n: lines })}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

/** What a person should know first. */
function Notes({ of: { notes, notesTold = [], busy, simulated } }: { of: Book }) {
  if (notes.length === 0 && busy === undefined && !simulated) return null;
  return (
    <section class="card tell" aria-label={t('notes')}>
      <ul>
        {simulated && (
          <li>
            <Icon name="warning" /> {t('simulatedHint')}
          </li>
        )}
        {busy && (
          <li>
            <Icon name="again" />{' '}
            {t('busy', { who: busy.doing === undefined ? busy.who : translated('job', busy.doing, busy.who) })}
          </li>
        )}
        {notes.map((note, at) => {
          const code = notesTold[at];
          // Below the words of the note: the errors, as the server printed them.
          const [words = '', ...errors] = (code === undefined ? note : translated('note', code, note)).split('\n');
          return (
            <li key={note}>
              <Icon name="warning" /> {words}
              {errors.length > 0 && <ErrorList text={errors.join('\n')} />}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Facts({ of: { model, money }, length }: { of: Book; length: number }) {
  const facts = [
    [t('lengthOfBook'), clock(length * 1000)],
    [t('model'), model],
    [t('spent'), money.spent],
    [t('granted'), money.granted],
    [t('left'), money.left],
  ].filter(([, value]) => value !== undefined && value !== '');
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ChapterCard({ chapter, version }: { chapter: ChapterSummary; version: string }) {
  const { number, title, seconds, lines, finished, approved } = chapter;
  return (
    <li class="card chapter-card">
      <div class="chapter-card-text">
        <span class="label">{chapterKind(chapter)}</span>
        <Link to={{ at: 'chapter', chapter: number }} look="chapter-card-title">
          {title}
        </Link>
        <span class="hint">
          {t('lines', { n: lines })} · {clock(seconds * 1000)}
        </span>
      </div>
      <div class="chapter-card-state">
        <ProgressBar of={chapter} />
        <span class="hint">{progressText(chapter)}</span>
      </div>
      <div class="chapter-card-end">
        {approved && (
          <Badge look="good" icon="check">
            {t('approved')}
          </Badge>
        )}
        {finished ? (
          <Button look="quiet" icon="play" onPress={() => playFinished(number, version)}>
            {t('finished')}
          </Button>
        ) : (
          <Badge look="plain" icon="empty">
            {t('notFinished')}
          </Badge>
        )}
      </div>
    </li>
  );
}
