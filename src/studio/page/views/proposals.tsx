/** Changes of the author's texts that were proposed: what each does, and the two answers to it. */
import { useEffect } from 'preact/hooks';
import type { Proposal } from '../../proposals/proposal-shapes.ts';
import { Badge } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { Difference } from '../parts/difference.tsx';
import { Icon } from '../parts/icon.tsx';
import { refreshSoon } from '../state/live.ts';
import { tellDone } from '../state/notices.ts';
import { loadProposals, proposals, settle } from '../state/proposals.ts';
import { attempt, book } from '../state/studio.ts';
import { dateTime } from '../text/format.ts';
import { language, t } from '../words/words.ts';
import { Waiting } from './chapter.tsx';
import { Link } from './link.tsx';

/** The view. */
export function ProposalsView() {
  // Another page may have made or answered one.
  const version = `${book.value?.version} ${book.value?.proposals}`;
  useEffect(() => {
    void attempt(loadProposals);
  }, [version]);
  const all = proposals.value;
  if (all === undefined) return <Waiting />;
  const older = (book.value?.proposals ?? 0) - all.length;
  return (
    <div class="view proposals">
      <header class="view-head">
        <h1>{t('proposals')}</h1>
        <p class="hint">{t('proposalsHint')}</p>
      </header>
      {all.length === 0 ? (
        <div class="card empty">
          <Icon name="check" />
          <p class="big">{t('noProposals')}</p>
        </div>
      ) : (
        <ul class="proposal-list">
          {all.map((one) => (
            <li key={`${one.name} ${one.of}`}>
              <Card proposal={one} />
            </li>
          ))}
        </ul>
      )}
      {older > 0 && <p class="hint">{t('moreProposals', { n: older })}</p>}
    </div>
  );
}

function Card({ proposal }: { proposal: Proposal }) {
  const { file, line, chapter, difference, at, by, state } = proposal;
  const answer = (how: 'take' | 'aside'): void =>
    void attempt(async () => {
      await settle(how, proposal);
      tellDone(t(how === 'take' ? 'proposalTaken' : 'proposalAside', { file }));
      refreshSoon();
    });
  const what = line === undefined ? t('proposedSpeakers') : t('proposedWords', { number: line });
  const when = dateTime(at, language.value);
  return (
    <article class="card proposal" aria-label={`${what} · ${file}`}>
      <div class="proposal-head">
        <h2>{what}</h2>
        {state !== 'open' && (
          <Badge look={state === 'done' ? 'good' : 'warn'} icon={state === 'done' ? 'check' : 'warning'}>
            {t(STATES[state])}
          </Badge>
        )}
      </div>
      <p class="hint">
        {chapter !== undefined && (
          <Link to={{ at: 'chapter', chapter: chapter.number, ...(line !== undefined && { line }) }} look="text-link">
            {chapter.number}. {chapter.title}
          </Link>
        )}
        {chapter !== undefined && ' · '}
        {by === undefined ? when : t('proposedBy', { by, when })}
      </p>
      <Difference difference={difference} file={file} />
      {state !== 'done' && state !== 'open' && <p class="hint">{t(ADVICE[state])}</p>}
      <div class="buttons">
        {state === 'open' && (
          <Button look="soft" icon="check" onPress={() => answer('take')}>
            {t('takeOver')}
          </Button>
        )}
        <Button onPress={() => answer('aside')}>{t('putAside')}</Button>
      </div>
    </article>
  );
}

const STATES = {
  done: 'proposalDone',
  unfitting: 'proposalUnfitting',
  'read-only': 'proposalReadOnly',
  'no-text': 'proposalNoText',
} as const;

const ADVICE = {
  unfitting: 'proposalUnfittingHint',
  'read-only': 'proposalReadOnlyHint',
  'no-text': 'proposalNoTextHint',
} as const;
