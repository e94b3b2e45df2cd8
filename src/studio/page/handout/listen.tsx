/** The sound of a line: play, place, speed, and its takes. */
import { signal } from '@preact/signals';
import type { Clip, HandoutLine } from '../../handing-out/handout-shapes.ts';
import { Button, IconButton } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { clock, seconds as inSeconds } from '../text/format.ts';
import { checkTitle, language, t } from '../words/words.ts';
import { changeSpeed, isPlaying, loaded, seconds, seek, speed, toggle } from './player.ts';
import { chooseTake, takeOf } from './state.ts';

/** Whether the next line is played when one ends. */
export const playsOn = signal(false);

/** The player of the take that is in use. */
export function Listen({ line }: { line: HandoutLine }) {
  const clip = clipInUse(line);
  if (clip === undefined) return <p class="hint">{t('noTakes')}</p>;
  const isHere = loaded.value === clip.sound;
  const plays = isHere && isPlaying.value;
  const now = isHere ? seconds.value : 0;
  const share = (at: number): string => `${Math.min(100, (100 * at) / clip.seconds)}%`;
  return (
    <div class="listen">
      <IconButton
        icon={plays ? 'pause' : 'play'}
        look="main"
        name={plays ? t('pause') : t('play')}
        keyName="Space"
        onPress={() => toggle(clip)}
      />
      <div class="place">
        <div class="bar" aria-hidden="true">
          <span
            class="own"
            style={{ left: share(clip.startSeconds), right: `calc(100% - ${share(clip.endSeconds)})` }}
          />
          {clip.doubts.flatMap(({ check, atSeconds }) =>
            atSeconds === undefined
              ? []
              : [
                  <span
                    key={`${check} ${atSeconds}`}
                    class="doubt"
                    style={{ left: share(clip.startSeconds + atSeconds) }}
                  />,
                ],
          )}
        </div>
        <input
          type="range"
          min={0}
          max={clip.seconds}
          step={0.1}
          value={now}
          aria-label={t('handoutPlace')}
          aria-valuetext={clock(now * 1000)}
          onInput={({ currentTarget }) => seek(clip, Number(currentTarget.value))}
        />
      </div>
      <span class="hint time">
        {clock(now * 1000)} / {clock(clip.seconds * 1000)}
      </span>
      <Speed />
      <Button
        look="quiet"
        pressed={playsOn.value}
        onPress={() => {
          playsOn.value = !playsOn.value;
        }}
      >
        {t('handoutPlayOn')}
      </Button>
    </div>
  );
}

function Speed() {
  return (
    <span class="speed">
      <button type="button" class="button quiet" aria-label={t('handoutSlower')} onClick={() => changeSpeed(-1)}>
        −
      </button>
      <output aria-label={t('speed')}>{speed.value}×</output>
      <button type="button" class="button quiet" aria-label={t('handoutFaster')} onClick={() => changeSpeed(1)}>
        +
      </button>
    </span>
  );
}

/** The takes to choose from, where there are several. */
export function ChooseTake({ line }: { line: HandoutLine }) {
  if (line.clips.length < 2) return null;
  return (
    <section class="takes">
      <h2>{t('takes')}</h2>
      <ol>
        {line.clips.map((clip) => (
          <TakeRow key={clip.take} line={line} clip={clip} />
        ))}
      </ol>
    </section>
  );
}

function TakeRow({ line, clip }: { line: HandoutLine; clip: Clip }) {
  const { take, doubts, sound } = clip;
  const isChosen = takeOf(line) === take;
  const plays = isPlaying.value && loaded.value === sound;
  const length = inSeconds(clip.endSeconds - clip.startSeconds, language.value);
  return (
    <li class={isChosen ? 'take chosen' : 'take'}>
      <IconButton
        icon={plays ? 'pause' : 'play'}
        look="plain"
        name={plays ? t('pause') : t('hearTake', { n: take })}
        onPress={() => toggle(clip)}
      />
      <span class="take-text">
        <span>
          {t('takeNumber', { n: take })} {take <= 9 && <kbd>{take}</kbd>}
        </span>
        <span class="hint">
          {t('secondsShort', { seconds: length })} ·{' '}
          {doubts.length === 0 ? t('takeGood') : doubts.map(({ check }) => checkTitle(check)).join(t('listComma'))}
        </span>
      </span>
      {isChosen ? (
        <span class="in-use">
          <Icon name="check" /> {t('inUse')}
        </span>
      ) : (
        <Button look="soft" onPress={() => chooseTake(line, take)}>
          {t('useTake')}
        </Button>
      )}
    </li>
  );
}

function clipInUse(line: HandoutLine): Clip | undefined {
  return line.clips.find(({ take }) => take === takeOf(line));
}
