/** All books of a watched folder: what needs a person first, then what is under way, then what is done. */
import { useEffect } from 'preact/hooks';
import { Badge } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import {
  AT_WORK,
  approve,
  books,
  cancel,
  canRetry,
  isWatching,
  type Money,
  NEEDS_PERSON,
  queueNow,
  retry,
  type WatchedBook,
} from '../state/books.ts';
import { clock, spentOf } from '../text/format.ts';
import { EN } from '../words/en.ts';
import { language, type TextName, t, translated } from '../words/words.ts';
import { BookFailures } from './book-failures.tsx';
import { Waiting } from './chapter.tsx';
import { ErrorList } from './error-list.tsx';
import { Resources } from './resources.tsx';

/** States in which a book was not read completely. */
const UNREAD: ReadonlySet<string> = new Set(['seen', 'settling', 'waiting-files', 'rejected']);

/** The view. */
export function Books() {
  useEffect(() => {
    document.title = t('allBooks');
  });
  const all = books.value;
  if (all === undefined) return <Waiting />;
  const needed = all.filter(({ state }) => NEEDS_PERSON.has(state));
  const working = all.filter(({ state }) => AT_WORK.has(state));
  const done = all.filter(({ state }) => !NEEDS_PERSON.has(state) && !AT_WORK.has(state));
  return (
    <div class="view books">
      <header class="view-head">
        <h1>{t('allBooks')}</h1>
        <p class="hint" aria-live="polite">
          {t('booksSummary', { n: needed.length, working: working.length, done: done.length })}
        </p>
      </header>
      <Queue />
      {all.length === 0 && (
        <div class="card empty">
          <Icon name="book" />
          <p class="big">{t('noBooks')}</p>
          <p class="hint">{t('noBooksHint')}</p>
        </div>
      )}
      <Group title={t('booksNeedYou')} of={needed} />
      <Group title={t('booksWorking')} of={working} />
      <Group title={t('booksDone')} of={done} />
      <Resources />
    </div>
  );
}

/** The limits of the day and why the queue pauses. */
function Queue() {
  const now = queueNow.value;
  if (now === undefined) return null;
  const { spent, reserved, limit } = now.today;
  const currency = currencyOf(books.value ?? []);
  const text = (amount: number): string => moneyText({ amount, currency: currency ?? '' });
  return (
    <section class="card summary" aria-label={t('limits')}>
      <dl class="facts summary-text">
        <div>
          <dt>{t('spentToday')}</dt>
          <dd>{text(spentOf(now.today))}</dd>
        </div>
        {reserved > 0 && (
          <div>
            <dt>{t('reservedToday')}</dt>
            <dd>{text(reserved)}</dd>
          </div>
        )}
        <div>
          <dt>{t('limitToday')}</dt>
          <dd>{limit === null ? t('noLimit') : text(limit)}</dd>
        </div>
      </dl>
      {limit !== null && limit > 0 && (
        <progress max={limit} value={Math.min(limit, spent)} aria-label={t('limitToday')} />
      )}
      {now.hold !== null && (
        <Badge look="warn" icon="pause">
          {t('queuePaused', { why: named('hold', now.hold) })}
        </Badge>
      )}
      {now.cause && <p class="book-status">{translated('problem', { code: now.cause.code }, now.cause.message)}</p>}
      {!isWatching.value && <Badge look="bad">{t('watcherGone')}</Badge>}
    </section>
  );
}

/** That of the money which any book names. */
function currencyOf(all: readonly WatchedBook[]): string | undefined {
  const named = all.flatMap(({ price, granted, spent }) => [price, granted, ...(spent?.sums ?? [])]);
  return named.find((money) => money?.currency)?.currency ?? undefined;
}

function Group({ title, of }: { title: string; of: readonly WatchedBook[] }) {
  if (of.length === 0) return null;
  return (
    <section>
      <h2 class="section-title">{title}</h2>
      <ul class="book-list">
        {of.map((book) => (
          <li key={book.id} class="card book-card">
            <BookCard book={book} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function BookCard({ book }: { book: WatchedBook }) {
  const { title, author, path, state, progress, urgent } = book;
  const [status, errors] = [statusOf(book).trim(), errorsOf(book)];
  const name = title ?? path;
  // One that cannot be read has nothing to hear yet.
  const hasStudio = title !== null && /\.ya?ml$/i.test(path) && !UNREAD.has(state);
  return (
    <article aria-label={name}>
      <header class="book-card-head">
        <div>
          <h3>{name}</h3>
          <p class="hint">
            {[
              ...(author !== null && author !== '' ? [t('byAuthor', { author })] : []),
              ...(name === path ? [] : [path]),
            ].join(' · ')}
          </p>
        </div>
        <span class="badges">
          {urgent && <Badge look="info">{t('urgent')}</Badge>}
          <Badge look={lookOf(state)}>{named('state', state)}</Badge>
        </span>
      </header>
      {progress !== null && state !== 'delivered' && (
        <div class="book-progress">
          <progress
            max={Math.max(1, progress.segmentsTotal)}
            value={progress.segmentsDone}
            aria-label={t('progressOf', { name })}
          />
          <span class="hint">
            {t('segmentsDone', { done: progress.segmentsDone, all: progress.segmentsTotal })}
            {progress.secondsLeft !== null &&
              progress.secondsLeft >= 1 &&
              ` · ${t('timeLeft', { time: clock(progress.secondsLeft * 1000) })}`}
          </span>
        </div>
      )}
      {status !== '' && <p class="book-status">{status}</p>}
      {errors !== null && (
        <details open={state === 'rejected'}>
          <summary>{t('whatIsWrong')}</summary>
          <ErrorList text={errors} />
        </details>
      )}
      <BookFailures book={book} hasStudio={hasStudio} />
      <BookMoney book={book} />
      <Actions book={book} hasStudio={hasStudio} />
    </article>
  );
}

/** Whether the price is of all that is still to be made. Later it is that of the run that was, of which a part is spent. */
function isBeforeWork({ state, spent, progress, failures = [] }: WatchedBook): boolean {
  return state === 'waiting-approval' || (spent === null && !progress?.segmentsDone && failures.length === 0);
}

function BookMoney({ book }: { book: WatchedBook }) {
  const { price, spent, granted } = book;
  const real = spent?.sums.filter(({ simulated, currency }) => !simulated && currency !== null) ?? [];
  const facts: [TextName, string][] = [
    ...(price === null || !isBeforeWork(book) ? [] : [['priceLeft', moneyText(price)] as [TextName, string]]),
    ...(real.length === 0
      ? []
      : [
          [
            'spent',
            real.map(({ amount, currency }) => moneyText({ amount, currency: currency ?? '' })).join(' + '),
          ] as [TextName, string],
        ]),
    ...(granted === null ? [] : [['granted', moneyText(granted)] as [TextName, string]]),
  ];
  if (facts.length === 0) return null;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{t(name)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ book, hasStudio }: { book: WatchedBook; hasStudio: boolean }) {
  const { id, title, path, state, price } = book;
  const name = title ?? path;
  const canCancel = AT_WORK.has(state) || NEEDS_PERSON.has(state);
  return (
    <div class="buttons">
      {state === 'waiting-approval' && price !== null && (
        <Button look="main" onPress={() => void approve(book, t('approvedPrice', { name, price: moneyText(price) }))}>
          {t('approvePrice', { price: moneyText(price) })}
        </Button>
      )}
      {canRetry(book) && (
        <Button
          look={state === 'needs-you' ? 'main' : 'plain'}
          icon="again"
          title={t(state === 'needs-you' ? 'retryBookHint' : 'recheckBookHint')}
          onPress={() => void retry(book, t('retriedBook', { name }))}
        >
          {t(state === 'needs-you' || state === 'paused' ? 'retryBook' : 'recheckBook')}
        </Button>
      )}
      {hasStudio && (
        <a class="button" href={`/books/${id}/`}>
          <Icon name="play" />
          <span>{t('openStudio')}</span>
        </a>
      )}
      {canCancel && (
        <Button
          look="quiet"
          title={t('cancelBookHint')}
          onPress={() => void cancel(book, t('cancelledBook', { name }))}
        >
          {t('cancelBook')}
        </Button>
      )}
    </div>
  );
}

/** States of which the card says more than the watcher's text: the price and its button, the errors, the bar of progress. */
const SAID_BY_CARD: Readonly<Record<string, (book: WatchedBook) => boolean>> = {
  'waiting-approval': ({ price }) => price !== null,
  rejected: (book) => errorsOf(book) !== null,
  speaking: ({ progress }) => progress !== null,
};

/** What the watcher tells, as a sentence. Without its text in this language, a bare name of a state says no more than the badge. */
function statusOf(book: WatchedBook): string {
  const { status, statuses, state } = book;
  if (SAID_BY_CARD[state]?.(book)) return '';
  const text = statuses ? (language.value === 'zh-CN' ? statuses.zh : statuses.en) : status === state ? '' : status;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function errorsOf({ errors, errorTexts }: WatchedBook): string | null {
  if (!errorTexts) return errors;
  return language.value === 'zh-CN' ? errorTexts.zh : errorTexts.en;
}

function lookOf(state: string): 'warn' | 'bad' | 'info' | 'good' | 'plain' {
  if (state === 'rejected') return 'bad';
  if (NEEDS_PERSON.has(state)) return 'warn';
  if (state === 'delivered') return 'good';
  return AT_WORK.has(state) ? 'info' : 'plain';
}

/** The name of a state or a reason; an unknown one keeps its own. */
function named(kind: 'state' | 'hold', value: string): string {
  const name = `${kind}.${value}`;
  return name in EN ? t(name as TextName) : value;
}

function moneyText({ amount, currency }: Money): string {
  const number = new Intl.NumberFormat(language.value, { minimumFractionDigits: 2, maximumFractionDigits: 4 });
  return `${number.format(amount)} ${currency}`.trim();
}
