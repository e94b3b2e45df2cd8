/** What holds for the whole book, above the player of every view; the overview has it among its notes. */
import { route } from '../state/route.ts';
import { book } from '../state/studio.ts';
import { Link } from '../views/link.tsx';
import { t, translated } from '../words/words.ts';
import { Icon } from './icon.tsx';

/** Notes without which a person would decide about something else than what is there. */
const STANDING: ReadonlySet<string> = new Set(['store-gone', 'errors']);

/** A store that is gone, and a text with errors. */
export function Standing() {
  const { notes = [], notesTold = [] } = book.value ?? {};
  const standing = notes.flatMap((note, at) => {
    const code = notesTold[at];
    return code !== undefined && STANDING.has(code.code)
      ? [{ code: code.code, words: translated('note', code, note) }]
      : [];
  });
  const isShown = route.value.at !== 'overview' && standing.length > 0;
  return (
    <div class={isShown ? 'standing' : ''} role="status">
      {isShown &&
        standing.map(({ code, words }) => (
          <p key={code} class="reason bad">
            <Icon name="warning" />
            <span>
              {words.split('\n')[0]} {code === 'errors' && <Link to={{ at: 'overview' }}>{t('overview')}</Link>}
            </span>
          </p>
        ))}
    </div>
  );
}
