/** Begins the page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { preparePlayer } from './sound/player.ts';
import { SHOWS_BOOKS } from './state/base.ts';
import { listenToBooks, loadBooks } from './state/books.ts';
import { stopWhenScrolled } from './state/follow.ts';
import { noteWhatIsHeard } from './state/heard.ts';
import { readSettings } from './state/kept.ts';
import { listen } from './state/live.ts';
import { needsLogin } from './state/notices.ts';
import { attempt, book, loadBook, loadJobs } from './state/studio.ts';
import { t } from './words/words.ts';

/** How long the page waits before it asks again for a book that did not come, in milliseconds. */
const AGAIN_MS = 2_000;

readSettings();
preparePlayer();
stopWhenScrolled();
if (!SHOWS_BOOKS)
  book.subscribe((now) => {
    document.title = now === undefined ? t('studio') : `${now.title} · ${t('studio')}`;
  });
render(<App />, document.getElementById('studio')!);
if (!SHOWS_BOOKS) noteWhatIsHeard();
void begin();

async function begin(): Promise<void> {
  if (SHOWS_BOOKS) {
    if (await attempt(loadBooks)) listenToBooks();
    else if (!needsLogin.value) setTimeout(() => void begin(), AGAIN_MS);
    return;
  }
  if (await attempt(loadBook)) {
    // What runs is told by the stream, too.
    await loadJobs().catch(() => undefined);
    listen();
  } else if (!needsLogin.value) setTimeout(() => void begin(), AGAIN_MS);
}
