/** The small decisions about a line: pause, direction, speaker. */
import { useId } from 'preact/hooks';
import type { DecideRequest } from '../../requests.ts';
import type { Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { useDraft } from '../parts/draft.ts';
import { decide } from '../state/decide.ts';
import { setTool } from '../state/open.ts';
import { book } from '../state/studio.ts';
import { t } from '../words/words.ts';

/** Longest pause, in seconds. */
const LONGEST_PAUSE = 60;

/** How long the silence after the line is. */
export function PauseTool({ line }: { line: Line }) {
  const now = line.decision?.pause ?? (line.pauseAfterMs === undefined ? 0 : line.pauseAfterMs / 1000);
  const [typed, setTyped, forget] = useDraft(`pause.${line.id}`, String(now));
  const id = useId();
  const value = Number(typed);
  const isFine = typed.trim() !== '' && value >= 0 && value <= LONGEST_PAUSE;
  return (
    <>
      <label class="field narrow" for={id}>
        <span>{t('pauseSeconds')}</span>
        <input
          id={id}
          type="number"
          min={0}
          max={LONGEST_PAUSE}
          step={0.1}
          value={typed}
          aria-invalid={!isFine}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
      </label>
      <SaveOrTakeBack line={line} name="pause" value={isFine && value !== now ? value : undefined} onSaved={forget} />
    </>
  );
}

/** How the line is spoken, for models that take directions. */
export function DirectionTool({ line }: { line: Line }) {
  const now = line.decision?.direction ?? line.direction ?? '';
  const [typed, setTyped, forget] = useDraft(`direction.${line.id}`, now);
  const id = useId();
  const value = typed.trim();
  return (
    <>
      <label class="field" for={id}>
        <span>{t('direction')}</span>
        <input
          id={id}
          type="text"
          maxLength={300}
          value={typed}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <span class="hint">{t('directionHint')}</span>
      </label>
      <SaveOrTakeBack
        line={line}
        name="direction"
        value={value !== '' && value !== now ? value : undefined}
        onSaved={forget}
      />
    </>
  );
}

/** Who speaks the line. */
export function SpeakerTool({ line }: { line: Line }) {
  const [chosen, setChosen, forget] = useDraft(`speaker.${line.id}`, line.character);
  const id = useId();
  return (
    <>
      <label class="field narrow" for={id}>
        <span>{t('speakerHint')}</span>
        <select id={id} value={chosen} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          {book.value?.characters.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <SaveOrTakeBack
        line={line}
        name="speaker"
        value={chosen === line.character ? undefined : chosen}
        onSaved={forget}
      />
    </>
  );
}

interface SaveProps {
  line: Line;
  name: 'pause' | 'direction' | 'speaker';
  /** Undefined: nothing new. */
  value: string | number | undefined;
  onSaved: () => void;
}

function SaveOrTakeBack({ line, name, value, onSaved }: SaveProps) {
  const save = async (to: string | number | null): Promise<void> => {
    if (!(await decide(line, { [name]: to } as Omit<DecideRequest, 'id'>))) return;
    onSaved();
    setTool(undefined);
  };
  return (
    <div class="buttons">
      <Button look="main" disabled={value === undefined} onPress={() => void (value !== undefined && save(value))}>
        {t('save')}
      </Button>
      {line.decision?.[name] !== undefined && <Button onPress={() => void save(null)}>{t('takeBack')}</Button>}
    </div>
  );
}
