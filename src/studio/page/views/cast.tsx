/** The cast of the book, and the way to make several names one character. */

import { useId, useState } from 'preact/hooks';
import type { CastMember } from '../../attributions/attribution-shapes.ts';
import { Button } from '../parts/button.tsx';
import { attributions } from '../state/attributions.ts';
import { mergeNames } from '../state/name-speaker.ts';
import { hues } from '../state/studio.ts';
import { t } from '../words/words.ts';

/** The cast. */
export function Cast() {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [kept, setKept] = useState<string | undefined>();
  const id = useId();
  const cast = attributions.value?.cast.filter(({ isNarrator }) => isNarrator !== true) ?? [];
  const names = cast.map(({ name }) => name).filter((name) => chosen.includes(name));
  const most = cast.filter(({ name }) => names.includes(name)).sort((a, b) => b.parts - a.parts)[0]?.name;
  const into = kept !== undefined && names.includes(kept) ? kept : most;
  const merge = async (): Promise<void> => {
    if (into === undefined) return;
    const fine = await mergeNames({ names: names.filter((name) => name !== into), into });
    if (fine) setChosen([]);
  };
  if (cast.length === 0) return null;
  return (
    <details class="card cast">
      <summary>{t('cast')}</summary>
      <p class="hint">{t('castHint')}</p>
      <ul class="cast-list">
        {cast.map((member) => (
          <li key={member.name}>
            <Member
              member={member}
              isChosen={chosen.includes(member.name)}
              onChoose={(isChosen) =>
                setChosen(isChosen ? [...chosen, member.name] : chosen.filter((name) => name !== member.name))
              }
            />
          </li>
        ))}
      </ul>
      {names.length > 1 && (
        <div class="buttons">
          <label class="field inline" for={id}>
            <span>{t('mergeInto')}</span>
            <select id={id} value={into} onChange={({ currentTarget }) => setKept(currentTarget.value)}>
              {names.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <Button look="main" onPress={() => void merge()}>
            {t('merge', { n: names.length })}
          </Button>
        </div>
      )}
    </details>
  );
}

interface MemberProps {
  member: CastMember;
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
}

function Member({ member: { name, aliases, parts }, isChosen, onChoose }: MemberProps) {
  return (
    <label class="member">
      <input type="checkbox" checked={isChosen} onChange={({ currentTarget }) => onChoose(currentTarget.checked)} />
      <span class="speaker" style={{ '--hue': String(hues.value.get(name) ?? 210) }}>
        {name}
      </span>
      <span class="hint">
        {t('countParts', { n: parts })}
        {aliases.length > 0 && ` · ${t('alsoCalled', { names: aliases.join(t('listComma')) })}`}
      </span>
    </label>
  );
}
