/** Errors and warnings of a book: what is wrong, where, and what to do. */
import { printedErrors } from '../text/printed-errors.ts';
import { t } from '../words/words.ts';

/** The list; a text of another form as it is. */
export function ErrorList({ text }: { text: string }) {
  const errors = printedErrors(text);
  if (errors === undefined) return <pre>{text}</pre>;
  return (
    <ol class="error-list">
      {errors.map(({ place, isWarning, message, excerpt, fix }, index) => (
        <li key={index} class={isWarning ? 'warn' : 'bad'}>
          <p>
            <span class="visually-hidden">{t(isWarning ? 'warningAt' : 'errorAt')}</span> <strong>{message}</strong>
          </p>
          <p class="hint place">{place}</p>
          {excerpt !== undefined && (
            <pre>
              {excerpt.before}
              <mark>{excerpt.marked === '' ? ' ' : excerpt.marked}</mark>
              {excerpt.after}
            </pre>
          )}
          {fix !== undefined && <p>{fix}</p>}
        </li>
      ))}
    </ol>
  );
}
