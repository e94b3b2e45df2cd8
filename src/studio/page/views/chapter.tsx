/** A chapter to read and hear: its text line by line, scrolled along with the sound. */
import { useEffect, useMemo } from 'preact/hooks';
import type { Chapter } from '../../shapes.ts';
import { LineRow } from '../line/line-row.tsx';
import { Badge } from '../line/status.tsx';
import { Button } from '../parts/button.tsx';
import { RowList, scrollerOf } from '../parts/row-list.tsx';
import { isPlaying, playFinished, spokenLine } from '../sound/player.ts';
import { follows } from '../state/follow.ts';
import { nextUnheard } from '../state/next-unheard.ts';
import { bringOpen, openNumber } from '../state/open.ts';
import { attempt, book, chapters, loadChapter } from '../state/studio.ts';
import { clock } from '../text/format.ts';
import { t } from '../words/words.ts';
import { ApproveChapter } from './approve-chapter.tsx';
import { chapterKind } from './chapter-name.ts';
import { progressText } from './progress.tsx';
import { TakeChapterAlong } from './take-along.tsx';

/** Rows that were never drawn: their heights follow from their letters. In pixels. */
const ROW = { frame: 34, line: 28, letterWidth: 8.6, aside: 330 };

/** The view. */
export function ChapterView({ number }: { number: number }) {
  const chapter = chapters.value.get(number);
  useEffect(() => {
    void attempt(() => loadChapter(number));
  }, [number]);
  const known = book.value === undefined || book.value.chapters.some((one) => one.number === number);
  if (!known) return <p class="view empty">{t('noSuchChapter', { n: number })}</p>;
  if (chapter === undefined) return <Waiting />;
  return (
    <div class="view chapter">
      <Heading chapter={chapter} />
      <Lines chapter={chapter} />
    </div>
  );
}

/** The shape of a text that has not arrived yet. */
export function Waiting() {
  return (
    <div class="view waiting" role="status">
      <span class="visually-hidden">{t('loading')}</span>
      <span class="ghost wide" />
      <span class="ghost" />
      <span class="ghost" />
      <span class="ghost short" />
    </div>
  );
}

function Heading({ chapter }: { chapter: Chapter }) {
  const { number, title, seconds, lines, finished, version } = chapter;
  const summary = book.value?.chapters.find((one) => one.number === number);
  return (
    <header class="view-head chapter-head">
      <div>
        <p class="label">{chapterKind(chapter)}</p>
        <h1 lang={book.value?.language}>{title}</h1>
        <p class="hint">
          {t('lines', { n: lines.length })} · {clock(seconds * 1000)}
          {summary && ` · ${progressText(summary)}`}
        </p>
        {summary && summary.unspoken < summary.lines && <TakeChapterAlong number={number} />}
      </div>
      <div class="buttons">
        {finished ? (
          <Button icon="play" onPress={() => playFinished(number, version)}>
            {t('playFinished')}
          </Button>
        ) : (
          <Badge look="plain" icon="empty">
            {t('notFinished')}
          </Badge>
        )}
        {summary && (summary.heard ?? summary.lines) < summary.lines - summary.unspoken && (
          <Button keyName="N" title={t('nextUnheardHint')} onPress={() => void nextUnheard()}>
            {t('nextUnheard')}
          </Button>
        )}
        <ApproveChapter chapter={chapter} />
      </div>
    </header>
  );
}

function Lines({ chapter }: { chapter: Chapter }) {
  const { lines, number, title } = chapter;
  const open = openNumber();
  const spoken = spokenLine.value;
  const index = useMemo(() => new Map(lines.map((line, at) => [line.number, at])), [lines]);
  const width = Math.min(720, Math.max(240, scrollerOf().clientWidth - ROW.aside));
  const estimate = (at: number): number =>
    ROW.frame + ROW.line * Math.max(1, Math.ceil((lines[at]!.text.length * ROW.letterWidth) / width));

  // What is spoken is followed; what somebody goes to with keys or an address is shown.
  const followed = follows.value && isPlaying.value ? spoken : undefined;
  const raised = bringOpen.value;
  const target = useMemo(() => {
    const at = index.get(followed ?? '');
    return at === undefined ? undefined : { index: at, smoothly: true };
  }, [followed, index]);
  const opened = useMemo(() => {
    const at = index.get(open ?? '');
    return at === undefined ? undefined : { index: at, smoothly: false };
  }, [raised, number]);
  return (
    <RowList
      name={String(number)}
      count={lines.length}
      label={title}
      estimate={estimate}
      keyOf={(at) => lines[at]!.id}
      row={(at) => <LineRow line={lines[at]!} isOpen={lines[at]!.number === open} />}
      target={target ?? opened}
    />
  );
}
