/** The page for a reviewer: a line with its sound and what is decided about it, and the list of all lines. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { keepSetting, personName } from '../state/kept.ts';
import { NameField } from '../tools/comment.tsx';
import { Settings } from '../views/settings.tsx';
import { t } from '../words/words.ts';
import { HandoutKeys } from './help.tsx';
import { listenToKeys } from './keys.ts';
import { LineCard } from './line-card.tsx';
import { pause } from './player.ts';
import { reviewText } from './save.ts';
import {
  at,
  decidedCount,
  fileName,
  handout,
  isApproved,
  line,
  savedAs,
  unsaved,
  verdictOf,
  verdicts,
} from './state.ts';

/** The page. */
export function App() {
  const [shown, setShown] = useState<'keys' | 'settings' | undefined>();
  const comment = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    listenToKeys({ showHelp: () => setShown('keys'), save, writeComment: () => comment.current?.focus() });
  }, []);
  const current = line.value;
  return (
    <div class="handout">
      <a class="skip" href="#content">
        {t('skipToContent')}
      </a>
      <header class="head">
        <p class="title">
          <strong>{handout.title}</strong>
          <span class="hint">
            {handout.author !== undefined && `${handout.author} · `}
            {t('handoutDecided', { n: decidedCount.value, all: handout.lines.length })}
          </span>
        </p>
        <div class="head-end">
          <IconButton icon="keys" name={t('keys')} keyName="?" onPress={() => setShown('keys')} />
          <IconButton icon="settings" name={t('settings')} onPress={() => setShown('settings')} />
          <Button look="main" icon="make" keyName="S" disabled={decidedCount.value === 0} onPress={save}>
            {t('handoutSave')}
          </Button>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {handout.simulated && <p class="badge info">{t('simulated')}</p>}
        {current === undefined ? (
          <p class="card big">{t('allHeard')}</p>
        ) : (
          <LineCard key={current.number} line={current} comment={comment} />
        )}
        <Saving />
      </main>
      <Lines />
      {shown === 'keys' && <HandoutKeys onClose={() => setShown(undefined)} />}
      {shown === 'settings' && <Settings onClose={() => setShown(undefined)} />}
    </div>
  );
}

function Saving() {
  return (
    <section class="card saving" aria-label={t('handoutSave')}>
      <p class="hint">{t('handoutHint')}</p>
      <NameField />
      <p role="status">
        {savedAs.value !== undefined && !unsaved.value && t('handoutSaved', { name: savedAs.value })}
        {unsaved.value && t('handoutUnsaved')}
      </p>
    </section>
  );
}

function Lines() {
  const isChapterNew = (index: number): boolean =>
    handout.scope === 'all' && handout.lines[index]!.chapter !== handout.lines[index - 1]?.chapter;
  return (
    <nav aria-label={t('queueTitle')}>
      <ol class="all-lines">
        {handout.lines.map((one, index) => {
          const { comment, take } = verdictOf(one);
          const marks = [
            ...(isApproved(one) ? [t('approved')] : []),
            ...(take === undefined ? [] : [t('takeNumber', { n: take })]),
            ...(comment === undefined ? [] : [t('comment')]),
          ];
          return (
            <li key={one.number}>
              {isChapterNew(index) && (
                <p class="label">{handout.chapters.find(({ number }) => number === one.chapter)?.title}</p>
              )}
              <button
                type="button"
                aria-current={at.value === index ? 'true' : undefined}
                onClick={() => {
                  pause();
                  at.value = index;
                }}
              >
                <span class="number">{one.number}</span>
                <span class="words" lang={handout.language}>
                  {one.text}
                </span>
                {marks.length > 0 && (
                  <span class="marks">
                    <Icon name="check" /> {marks.join(' · ')}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The browser saves the decisions as a file. */
function save(): void {
  if (verdicts.value.size === 0) return;
  keepSetting('name', personName.value);
  const text = reviewText(handout, {
    verdicts: verdicts.value,
    by: personName.value,
    heading: t('handoutHeading'),
  });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  link.download = fileName();
  link.click();
  // The browser reads it in its own time.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  savedAs.value = link.download;
  unsaved.value = false;
}
