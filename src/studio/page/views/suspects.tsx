/** The queue: lines to hear, worst first, each with why, where, and what is around it. */
import { useEffect, useMemo } from 'preact/hooks';
import { LinePanel } from '../line/line-panel.tsx';
import { LineText } from '../line/line-text.tsx';
import { Status } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { RowList } from '../parts/row-list.tsx';
import { isPlaying, pause, spokenLine } from '../sound/player.ts';
import { hearInContext } from '../state/decide.ts';
import { bringOpen, openLine, openNumber, step } from '../state/open.ts';
import { attempt, book, chapters, hues, loadChapter, loadQueue, type Queued, queue } from '../state/studio.ts';
import { refusalText } from '../text/server-words.ts';
import { checkTitle, doubtReason, t } from '../words/words.ts';
import { Waiting } from './chapter.tsx';
import { Link } from './link.tsx';
import { sumOf } from './progress.tsx';
import { TakeSuspectsAlong } from './take-along.tsx';

/** Height of a closed row that was never drawn, in pixels. */
const ROW_HEIGHT = 96;

/** The view. */
export function Suspects() {
  useEffect(() => {
    void attempt(() => loadQueue({ again: true }));
  }, []);
  const lines = queue.value;
  const open = openNumber();
  const first = lines?.[0]?.number;
  useEffect(() => {
    // The worst one is open from the beginning: nothing has to be found.
    if (open === undefined && first !== undefined) openLine(first);
  }, [open, first]);
  const chapter = open === undefined ? undefined : Number(open.split(':')[0]);
  useEffect(() => {
    // Its chapter tells where it is in the sound; asked for now, it is heard at once when Space is pressed.
    if (chapter !== undefined && !chapters.value.has(chapter)) void attempt(() => loadChapter(chapter));
  }, [chapter]);
  if (lines === undefined) return <Waiting />;
  return (
    <div class="view suspects">
      <Heading lines={lines} open={open} />
      {lines.length === 0 ? <Nothing /> : <List lines={lines} open={open} />}
    </div>
  );
}

/** Nothing to hear: a book of which nothing is spoken is not a good one. */
function Nothing() {
  const { lines, unspoken } = sumOf(book.value?.chapters ?? []);
  const isSpoken = unspoken < lines;
  return (
    <div class="card empty">
      <Icon name={isSpoken ? 'check' : 'empty'} />
      <p class="big">{t(isSpoken ? 'allHeard' : 'noneSpoken')}</p>
      <p class="hint">{isSpoken ? t('allHeardHint') : t('noneSpokenHint', { n: unspoken })}</p>
    </div>
  );
}

function Heading({ lines, open }: { lines: readonly Queued[]; open: string | undefined }) {
  const at = lines.findIndex(({ number }) => number === open);
  return (
    <header class="view-head chapter-head">
      <div>
        <h1>{t('queueTitle')}</h1>
        <p class="hint about-keys">{t('queueHint')}</p>
        <TakeSuspectsAlong />
      </div>
      {lines.length > 0 && (
        <div class="buttons">
          <span class="hint" aria-live="polite">
            {t('queuePlace', { n: at + 1, all: lines.length })}
          </span>
          <Button keyName="K" disabled={at <= 0} onPress={() => step(-1)}>
            {t('previous')}
          </Button>
          <Button look="main" keyName="J" disabled={at >= lines.length - 1} onPress={() => step(1)}>
            {t('next')}
          </Button>
        </div>
      )}
    </header>
  );
}

function List({ lines, open }: { lines: readonly Queued[]; open: string | undefined }) {
  const raised = bringOpen.value;
  const target = useMemo(() => {
    const index = lines.findIndex(({ number }) => number === open);
    return index < 0 || raised === 0 ? undefined : { index, smoothly: false };
  }, [raised]);
  return (
    <RowList
      name="suspects"
      count={lines.length}
      label={t('queueTitle')}
      estimate={() => ROW_HEIGHT}
      keyOf={(at) => lines[at]!.id}
      row={(at) => <SuspectRow line={lines[at]!} isOpen={lines[at]!.number === open} />}
      target={target}
    />
  );
}

function SuspectRow({ line, isOpen }: { line: Queued; isOpen: boolean }) {
  const { number, character, handled } = line;
  const isHeard = spokenLine.value === number && isPlaying.value;
  const hear = (): void => {
    if (!isOpen) openLine(number);
    void hearInContext(number);
  };
  // The chapter knows where the line is in its sound.
  const known = chapters.value.get(line.chapter)?.lines.find((one) => one.number === number) ?? line;
  const title = book.value?.chapters.find((chapter) => chapter.number === line.chapter)?.title ?? '';
  return (
    <article
      class={`line suspect${isOpen ? ' open' : ''}${handled ? ' handled' : ''}${isHeard ? ' spoken' : ''}`}
      style={{ '--hue': String(hues.value.get(character) ?? 210) }}
      aria-label={t('lineText', { number, character })}
    >
      <div class="line-head">
        <button
          type="button"
          class="hear"
          aria-label={isHeard ? t('pause') : t('playLine', { number })}
          onClick={isHeard ? pause : hear}
        >
          <Icon name={isHeard ? 'pause' : 'play'} />
        </button>
        <span class="number">{number}</span>
        <span class="speaker" title={character}>
          {character}
        </span>
      </div>
      <div class="text">
        <p>
          <LineText line={known} onHear={hear} />
        </p>
        {!isOpen && <p class="why">{whyOf(line)}</p>}
        {isOpen && (
          <Link to={{ at: 'chapter', chapter: line.chapter, line: number }} look="text-link">
            {t('openChapter', { n: line.chapter })}
            {title !== '' && ` · ${title}`}
          </Link>
        )}
      </div>
      <div class="line-tail">
        <Status line={line} handled={handled} />
        <button
          type="button"
          class="open-line"
          aria-expanded={isOpen}
          aria-label={t('details', { number })}
          onClick={() => openLine(isOpen ? undefined : number)}
        >
          <Icon name="chevron" />
        </button>
      </div>
      {isOpen && <LinePanel line={{ ...line, startMs: known.startMs, endMs: known.endMs }} />}
    </article>
  );
}

function whyOf({ doubts, reasons, refusal }: Queued): string {
  if (refusal !== undefined) return refusalText(refusal);
  if (doubts.length > 0) return doubts.map((doubt) => `${checkTitle(doubt.check)}: ${doubtReason(doubt)}`).join(' · ');
  return reasons.join(' · ');
}
