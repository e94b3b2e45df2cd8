/** The player: what is heard, where it is, how fast; the waveform turns its pages along with the sound. */
import { computed } from '@preact/signals';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { Button, IconButton } from '../parts/button.tsx';
import { Wave } from '../parts/wave.tsx';
import {
  audio,
  hasFailed,
  heard,
  isPlaying,
  isWaiting,
  lengthMs,
  playChapter,
  quarterMs,
  SPEEDS,
  seek,
  setSpeed,
  speed,
  spokenLine,
  timeMs,
  toggle,
} from '../sound/player.ts';
import { pageAt } from '../sound/timeline.ts';
import { follows } from '../state/follow.ts';
import { openNumber } from '../state/open.ts';
import { route } from '../state/route.ts';
import { book, chapters, hues, outlines } from '../state/studio.ts';
import { clock } from '../text/format.ts';
import { language, t } from '../words/words.ts';

/** How much of a chapter a waveform shows for each pixel, in milliseconds. */
const MS_A_PIXEL = 70;
/** A doubt without a length is this wide, in milliseconds. */
const NARROW_MS = 150;
/** What one key of the slider, and a button, goes. */
const STEP_MS = 2_000;

/** The bar. */
export function PlayerBar() {
  const chapter = chapterShown();
  return (
    <section class="player" aria-label={t('player')}>
      <Element />
      <div class="transport">
        <IconButton
          icon={isPlaying.value ? 'pause' : 'play'}
          look="main"
          keyName="Space"
          name={t(isPlaying.value ? 'pause' : 'play')}
          onPress={() => playOrToggle(chapter)}
        />
        <div class="now">
          <span class="now-title">{titleOf(chapter)}</span>
          <Times chapter={chapter} />
        </div>
      </div>
      <ChapterWave chapter={chapter} />
      <div class="player-end">
        <Speed />
        <Button
          look="quiet"
          pressed={follows.value}
          title={t('followHint')}
          onPress={() => (follows.value = !follows.value)}
        >
          {t('follow')}
        </Button>
      </div>
      {hasFailed.value && (
        <p class="reason bad" role="alert">
          {t('cannotPlay')}
        </p>
      )}
    </section>
  );
}

/** Plays what is selected when nothing was heard yet, or plays on. */
export function playOrToggle(chapter: number | undefined): void {
  if (heard.value === undefined && chapter !== undefined) {
    const open = chapters.value.get(chapter)?.lines.find(({ number }) => number === openNumber());
    playChapter(chapter, open?.startMs ?? 0);
  } else toggle();
}

/** The chapter whose waveform is shown: the one that is heard, or the one that is read. */
export function chapterShown(): number | undefined {
  const now = heard.value;
  if (now?.kind === 'take') return Number(now.line.split(':')[0]);
  if (now !== undefined && (isPlaying.value || route.value.at === 'overview')) return now.chapter;
  const at = route.value;
  if (at.at === 'chapter') return at.chapter;
  if (at.at === 'suspects' && at.line !== undefined) return Number(at.line.split(':')[0]);
  return now?.chapter;
}

/** The element itself, which has no controls of its own. */
function Element() {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    place.current?.append(audio);
  }, []);
  return <span ref={place} hidden />;
}

function titleOf(shown: number | undefined): string {
  const now = heard.value;
  const titleOfChapter = (n: number): string => book.value?.chapters.find(({ number }) => number === n)?.title ?? '';
  if (now?.kind === 'take') return t('nowTake', { number: now.line, take: now.take });
  if (now?.kind === 'finished') return t('nowFinished', { n: now.chapter, title: titleOfChapter(now.chapter) });
  if (now?.line !== undefined) return t('nowLine', { number: now.line });
  return shown === undefined ? '' : t('nowChapter', { n: shown, title: titleOfChapter(shown) });
}

function Times({ chapter }: { chapter: number | undefined }) {
  const shown = clock(quarterMs.value);
  const length = (chapter === undefined ? 0 : chapters.value.get(chapter)?.seconds) ?? 0;
  const all = clock(heard.value === undefined ? length * 1000 : lengthMs.value);
  return (
    <span class={isWaiting.value ? 'times waiting-sound' : 'times'}>
      {shown} / {all}
    </span>
  );
}

function Speed() {
  const id = useId();
  return (
    <label class="speed" for={id}>
      <span class="visually-hidden">{t('speed')}</span>
      <select
        id={id}
        value={String(speed.value)}
        onChange={({ currentTarget }) => setSpeed(Number(currentTarget.value))}
      >
        {SPEEDS.map((one) => (
          <option key={one} value={String(one)}>
            {new Intl.NumberFormat(language.value).format(one)}×
          </option>
        ))}
      </select>
    </label>
  );
}

function ChapterWave({ chapter }: { chapter: number | undefined }) {
  const [width, place] = useWidth();
  const isChapter = heard.value?.kind === 'chapter' && heard.value.chapter === chapter;
  const known = chapter === undefined ? undefined : chapters.value.get(chapter);
  const outline = chapter === undefined ? undefined : outlines.value.get(chapter);
  const totalMs = (known?.seconds ?? 0) * 1000;
  const open = openNumber();
  const selected = known?.lines.find(({ number }) => number === open);
  const pageMs = Math.max(10_000, width * MS_A_PIXEL);
  const still = selected?.startMs ?? 0;
  // A number: the picture is drawn again when the page turns, not with every frame.
  const page = useMemo(
    () => computed(() => pageAt(isChapter ? timeMs.value : still, pageMs, totalMs).startMs),
    [isChapter, still, pageMs, totalMs],
  );
  const startMs = page.value;
  const endMs = startMs + Math.min(pageMs, Math.max(1, totalMs));
  const spoken = spokenLine.value;
  const marks = useMemo(
    () =>
      (known?.lines ?? []).flatMap((line) => {
        if (line.endMs < startMs || line.startMs > endMs) return [];
        const { number, character } = line;
        return [
          {
            kind: 'line' as const,
            startMs: line.startMs,
            endMs: line.endMs,
            hue: hues.value.get(character) ?? 210,
            current: number === (spoken ?? open),
          },
          ...line.doubts.flatMap(({ atSeconds, seconds = 0 }) => {
            if (atSeconds === undefined) return [];
            const from = line.startMs + atSeconds * 1000;
            return [{ kind: 'doubt' as const, startMs: from, endMs: from + Math.max(NARROW_MS, seconds * 1000) }];
          }),
        ];
      }),
    [known, startMs, endMs, spoken, open],
  );
  const isFinished = heard.value?.kind === 'finished' && heard.value.chapter === chapter;
  return (
    <div class="chapter-wave" ref={place}>
      {outline && chapter !== undefined && (
        <Wave
          outline={outline}
          startMs={startMs}
          endMs={endMs}
          columns={Math.max(100, Math.round(width / 2))}
          marks={marks}
          playhead={isChapter ? timeMs : undefined}
          onPick={(ms) => playChapter(chapter, ms)}
          label={t('waveform')}
        />
      )}
      <Slider
        totalMs={isChapter || isFinished ? lengthMs.value || totalMs : totalMs}
        isLive={isChapter || isFinished}
        chapter={chapter}
      />
    </div>
  );
}

function Slider({ totalMs, isLive, chapter }: { totalMs: number; isLive: boolean; chapter: number | undefined }) {
  const at = isLive ? quarterMs.value : 0;
  const go = (ms: number): void => {
    if (isLive) seek(ms);
    else if (chapter !== undefined) playChapter(chapter, ms);
  };
  return (
    <input
      type="range"
      class="slider"
      min={0}
      max={Math.max(1, Math.round(totalMs))}
      step={STEP_MS / 2}
      value={at}
      disabled={chapter === undefined}
      aria-label={t('position')}
      aria-valuetext={`${clock(at)} / ${clock(totalMs)}`}
      onInput={({ currentTarget }) => go(Number(currentTarget.value))}
    />
  );
}

/** Width of an element, in pixels. */
function useWidth(): [number, (element: HTMLElement | null) => void] {
  const [width, setWidth] = useState(600);
  const observer = useMemo(() => new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width)), []);
  const place = useMemo(
    () => (element: HTMLElement | null) => {
      observer.disconnect();
      if (element) observer.observe(element);
    },
    [observer],
  );
  return [width, place];
}
