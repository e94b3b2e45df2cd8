/** Why a book needs a person: what failed in plain words, and the way to the line. */
import { Icon } from '../parts/icon.tsx';
import type { WatchedBook } from '../state/books.ts';
import { t, translated } from '../words/words.ts';

/** What failed, each with a link into the studio of the book where it has one. */
export function BookFailures({ book, hasStudio }: { book: WatchedBook; hasStudio: boolean }) {
  const { id, failures = [], failed = failures.length } = book;
  if (failures.length === 0) return null;
  return (
    <div class="failures">
      <h4>{t('whatFailed')}</h4>
      <ul>
        {failures.map((failure, index) => {
          const { number, chapter } = failure;
          const place = number ?? (chapter === null ? undefined : t('chapter', { n: chapter }));
          return (
            <li key={index}>
              {place !== undefined && <strong>{place}</strong>}
              <span>{failureText(failure)}</span>
              {hasStudio && number !== null && (
                <a class="button quiet" href={`/books/${id}/chapters/${number.split(':')[0]}#${number}`}>
                  <Icon name="edit" />
                  <span>{t('openAtLine', { number })}</span>
                </a>
              )}
            </li>
          );
        })}
      </ul>
      {failed > failures.length && <p class="hint">{t('moreFailed', { n: failed - failures.length })}</p>}
    </div>
  );
}

/** A few failures mean something else where a person has asked for something than in a run. */
function failureText({ code, message }: { code: string; message: string }): string {
  return translated('failure', { code }, translated('problem', { code }, message));
}
