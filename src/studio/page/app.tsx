/** The page: contents beside, the view in the middle, the player below. */
import { Component, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listenToKeys } from './keys.ts';
import { Badge } from './line/status.tsx';
import { IconButton } from './parts/button.tsx';
import { JobLine } from './parts/job-line.tsx';
import { Notices } from './parts/notices.tsx';
import { Standing } from './parts/standing.tsx';
import { Working } from './parts/working.tsx';
import { SHOWS_BOOKS } from './state/base.ts';
import { undo } from './state/decide.ts';
import { isConnected, isOver } from './state/live.ts';
import { needsLogin } from './state/notices.ts';
import { route } from './state/route.ts';
import { book, jobs } from './state/studio.ts';
import { doneText } from './text/server-words.ts';
import { ApplyButton } from './views/apply.tsx';
import { AttributionsView } from './views/attributions.tsx';
import { Books } from './views/books.tsx';
import { ChapterView, Waiting } from './views/chapter.tsx';
import { Contents } from './views/contents.tsx';
import { KeysHelp } from './views/keys-help.tsx';
import { Link } from './views/link.tsx';
import { Login } from './views/login.tsx';
import { Overview } from './views/overview.tsx';
import { PlayerBar } from './views/player-bar.tsx';
import { ProposalsView } from './views/proposals.tsx';
import { Settings } from './views/settings.tsx';
import { Suspects } from './views/suspects.tsx';
import { t } from './words/words.ts';

/** The page. */
export function App() {
  if (needsLogin.value) return <Login />;
  return <Net>{SHOWS_BOOKS ? <BooksShell /> : <Shell />}</Net>;
}

function Shell() {
  const [shown, setShown] = useState<'keys' | 'settings' | undefined>();
  const [hasMenu, setMenu] = useState(false);
  useEffect(() => listenToKeys({ showHelp: () => setShown('keys') }), []);
  const close = (): void => setShown(undefined);
  return (
    <div class={hasMenu ? 'shell with-menu' : 'shell'}>
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <Head
        hasMenu={hasMenu}
        onMenu={() => setMenu(!hasMenu)}
        onKeys={() => setShown('keys')}
        onSettings={() => setShown('settings')}
      />
      <aside class="side">
        <Contents onGo={() => setMenu(false)} />
      </aside>
      <main id="content" tabIndex={-1}>
        <View />
      </main>
      <div class="below-view">
        {!isConnected.value && (
          <p class="gone" role="status">
            {t('offline')}
          </p>
        )}
        <Standing />
        <Jobs />
      </div>
      <PlayerBar />
      <Working />
      <Notices />
      {shown === 'keys' && <KeysHelp onClose={close} />}
      {shown === 'settings' && <Settings onClose={close} />}
    </div>
  );
}

/** All books have neither contents nor a player. */
function BooksShell() {
  const [hasSettings, setSettings] = useState(false);
  return (
    <div class="shell books-shell">
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <header class="head">
        <span class="brand">
          <span class="brand-title">{t('studio')}</span>
        </span>
        <span class="head-end">
          <IconButton icon="settings" name={t('settings')} onPress={() => setSettings(true)} />
        </span>
      </header>
      <main id="content" tabIndex={-1}>
        <Books />
      </main>
      <Notices />
      {hasSettings && <Settings onClose={() => setSettings(false)} />}
    </div>
  );
}

interface HeadProps {
  hasMenu: boolean;
  onMenu: () => void;
  onKeys: () => void;
  onSettings: () => void;
}

function Head({ hasMenu, onMenu, onKeys, onSettings }: HeadProps) {
  const now = book.value;
  return (
    <header class="head">
      <span class="only-narrow">
        <IconButton
          icon={hasMenu ? 'close' : 'menu'}
          name={t(hasMenu ? 'closeMenu' : 'menu')}
          expanded={hasMenu}
          onPress={onMenu}
        />
      </span>
      <Link to={{ at: 'overview' }} look="brand">
        <span class="brand-title">{now?.title ?? t('studio')}</span>
        <span class="brand-author">{now?.author}</span>
      </Link>
      {now?.simulated && (
        <span class="only-wide">
          <Badge look="info">{t('simulated')}</Badge>
        </span>
      )}
      <span class="head-end">
        {now?.undo !== undefined && (
          <IconButton
            icon="back"
            name={t('undoWhat', { what: doneText(now.undo, now.undoTold) })}
            keyName="Control+Z"
            onPress={() => void undo()}
          />
        )}
        <IconButton icon="keys" name={t('keys')} keyName="?" onPress={onKeys} />
        <IconButton icon="settings" name={t('settings')} onPress={onSettings} />
        {now && <ApplyButton />}
      </span>
    </header>
  );
}

function View() {
  const at = route.value;
  if (book.value === undefined) return <Waiting />;
  if (at.at === 'suspects') return <Suspects />;
  if (at.at === 'attributions') return <AttributionsView />;
  if (at.at === 'proposals') return <ProposalsView />;
  if (at.at === 'chapter') return <ChapterView key={at.chapter} number={at.chapter} />;
  return <Overview />;
}

/** Work under way for a line that is not open is seen here. */
function Jobs() {
  const at = route.value;
  const open = at.at === 'overview' ? undefined : at.line;
  const running = [...jobs.value.values()].filter(
    (job) => !isOver(job) && (job.line === undefined || job.line !== open),
  );
  if (running.length === 0) return null;
  return (
    <section class="jobs" aria-label={t('jobs')}>
      {running.map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
    </section>
  );
}

/** A bug of ours ends here: with a word and a way out, not with an empty page. */
class Net extends Component<{ children: ComponentChildren }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static override getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    reportError(error);
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <main class="login" id="content">
        <div class="card">
          <p role="alert">{t('crashed')}</p>
          <button type="button" class="button main" onClick={() => location.reload()}>
            <span>{t('reload')}</span>
          </button>
        </div>
      </main>
    );
  }
}
