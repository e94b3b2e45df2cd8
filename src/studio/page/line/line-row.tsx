/** A line in its chapter: number, speaker, words, badges; opened, everything that can be done with it. */
import { memo } from 'preact/compat';
import type { Line } from '../../shapes.ts';
import { Icon } from '../parts/icon.tsx';
import { isPlaying, pause, playChapter, spokenLine } from '../sound/player.ts';
import { openLine } from '../state/open.ts';
import { hues } from '../state/studio.ts';
import { seconds } from '../text/format.ts';
import { language, t } from '../words/words.ts';
import { LinePanel } from './line-panel.tsx';
import { LineText } from './line-text.tsx';
import { Status } from './status.tsx';

/** The row. */
export const LineRow = memo(function LineRow({ line, isOpen }: { line: Line; isOpen: boolean }) {
  const isSpoken = spokenLine.value === line.number;
  const isHeard = isSpoken && isPlaying.value;
  const hear = (): void => playChapter(line.chapter, line.startMs);
  return (
    <article
      class={`line${isSpoken ? ' spoken' : ''}${isOpen ? ' open' : ''}`}
      style={{ '--hue': String(hues.value.get(line.character) ?? 210) }}
      aria-label={t('lineText', { number: line.number, character: line.character })}
    >
      <div class="line-head">
        <button
          type="button"
          class="hear"
          aria-label={isHeard ? t('pause') : t('playLine', { number: line.number })}
          onClick={isHeard ? pause : hear}
        >
          <Icon name={isHeard ? 'pause' : 'play'} />
        </button>
        <span class="number">{line.number}</span>
        <span class="speaker" title={line.character}>
          {line.character}
        </span>
      </div>
      <p class="text">
        <LineText line={line} onHear={hear} />
        {line.say !== undefined && line.say !== line.text && (
          <span class="aside">{t('saidInstead', { say: line.say })}</span>
        )}
        {line.direction !== undefined && <span class="aside">{t('directed', { direction: line.direction })}</span>}
        {line.decision?.pause !== undefined && (
          <span class="aside">{t('pauseAfter', { seconds: seconds(line.decision.pause, language.value) })}</span>
        )}
      </p>
      <div class="line-tail">
        <Status line={line} />
        <button
          type="button"
          class="open-line"
          aria-expanded={isOpen}
          aria-label={t('details', { number: line.number })}
          onClick={() => openLine(isOpen ? undefined : line.number)}
        >
          <Icon name="chevron" />
        </button>
      </div>
      {isOpen && <LinePanel line={line} />}
    </article>
  );
});
