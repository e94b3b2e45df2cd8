/** The takes of a line side by side, played equally loud. */
import { useMemo } from 'preact/hooks';
import type { Line, Take } from '../../shapes.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Wave } from '../parts/wave.tsx';
import { outlineMs, outlineOf } from '../sound/peaks.ts';
import { heard, isPlaying, pause, timeMs } from '../sound/player.ts';
import { chooseTake, hearTake } from '../state/decide.ts';
import { takes } from '../state/studio.ts';
import { seconds } from '../text/format.ts';
import { checkTitle, language, t } from '../words/words.ts';

/** Columns of a take's waveform. */
const COLUMNS = 120;
/** A doubt without a length is this wide, in milliseconds. */
const NARROW_MS = 80;

/** The takes. */
export function Takes({ line }: { line: Line }) {
  const all = takes.value.get(line.number);
  if (all === undefined) return <p class="hint">{t('loading')}</p>;
  if (line.pickup && all.length === 0) return null;
  const longestMs = Math.max(1, ...all.map((take) => take.seconds * 1000));
  return (
    <div class="takes">
      <h3>
        {t('takes')} {all.length > 1 && <span class="hint about-keys">{t('takesHint')}</span>}
      </h3>
      {all.length === 0 ? (
        <p class="hint">{t('noTakes')}</p>
      ) : (
        <ol class="take-list">
          {all.map((take) => (
            <TakeCard key={take.number} line={line} take={take} longestMs={longestMs} />
          ))}
        </ol>
      )}
    </div>
  );
}

function TakeCard({ line, take, longestMs }: { line: Line; take: Take; longestMs: number }) {
  const outline = useMemo(() => outlineOf(take.peaks), [take.peaks]);
  const now = heard.value;
  const isHeard = now?.kind === 'take' && now.line === line.number && now.take === take.number;
  const plays = isHeard && isPlaying.value;
  const marks = take.doubts.flatMap(({ atSeconds, seconds: long }) => {
    if (atSeconds === undefined) return [];
    const startMs = atSeconds * 1000;
    return [{ kind: 'doubt' as const, startMs, endMs: startMs + (long === undefined ? NARROW_MS : long * 1000) }];
  });
  const name = t('takeNumber', { n: take.number });
  return (
    <li class={`take${take.chosen ? ' chosen' : ''}`}>
      <IconButton
        icon={plays ? 'pause' : 'play'}
        look="plain"
        name={plays ? t('pause') : t('hearTake', { n: take.number })}
        onPress={() => (plays ? pause() : hearTake(line.number, take))}
      />
      <div class="take-text">
        <span class="take-name">
          {name} {take.number <= 9 && <kbd>{take.number}</kbd>}
        </span>
        <span class={take.doubts.length > 0 ? 'take-note warn' : 'take-note'}>
          {t('secondsShort', { seconds: seconds(take.seconds, language.value) })} ·{' '}
          {take.doubts.length === 0
            ? t('takeGood')
            : take.doubts.map(({ check }) => checkTitle(check)).join(t('listComma'))}
        </span>
      </div>
      <Wave
        outline={outline}
        startMs={0}
        endMs={Math.max(longestMs, outlineMs(outline))}
        columns={COLUMNS}
        marks={marks}
        playhead={isHeard ? timeMs : undefined}
        onPick={(ms) => hearTake(line.number, take, Math.min(ms, take.seconds * 1000 - 100))}
        label={`${t('waveform')}: ${name}`}
      />
      {take.chosen ? (
        <span class="in-use">
          <Icon name="check" /> {t('inUse')}
        </span>
      ) : (
        <Button look="soft" onPress={() => void chooseTake(line, take.number)}>
          {t('useTake')}
        </Button>
      )}
    </li>
  );
}
