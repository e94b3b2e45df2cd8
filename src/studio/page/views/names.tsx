/** Who may say the open quotation: a button and a number key for each, the narrator, and a field for any other name. */

import { useId, useState } from 'preact/hooks';
import type { Candidate } from '../../attributions/attribution-shapes.ts';
import { NAME_FIELD } from '../attribution-keys.ts';
import { Button } from '../parts/button.tsx';
import { candidates, type Item, named } from '../state/attributions.ts';
import {
  firstFor,
  matching,
  nameSpeaker,
  narratorName,
  offeredFor,
  probableFor,
  turnsOf,
} from '../state/name-speaker.ts';
import { hues } from '../state/studio.ts';
import { percent } from '../text/format.ts';
import { language, type TextName, t } from '../words/words.ts';

/** The keys of the narrator, and of the rest of the dialogue in turns; src/studio/page/attribution-keys.ts obeys them. */
const NARRATOR_KEY = 'N';
const TURNS_KEY = 'R';
/** Names that are shown for what somebody types. */
const MOST_MATCHES = 5;

/** The names. */
export function Names({ item }: { item: Item }) {
  const offered = offeredFor(item);
  const probable = probableFor(item);
  const narrator = narratorName();
  const first = firstFor(item);
  const keyOf = (name: string): string =>
    name === narrator ? NARRATOR_KEY : String(offered.findIndex(({ character }) => character === name) + 1);
  const others = offered.filter(({ rule }) => rule === undefined);
  return (
    <div class="names">
      <h2 class="visually-hidden">{t('candidates')}</h2>
      {probable.length === 0 && (
        <p class="hint">{t(candidates.value === undefined ? 'candidatesLoading' : 'noCandidates')}</p>
      )}
      <ol class="offered">
        {probable.map((one) => (
          <li key={one.character}>
            <Name item={item} offered={one} keyName={keyOf(one.character)} />
          </li>
        ))}
      </ol>
      <div class="buttons">
        {first !== undefined && <InTurns item={item} first={first} />}
        {narrator !== undefined && !probable.some(({ character }) => character === narrator) && (
          <Button keyName="N" onPress={() => nameSpeaker(item, narrator)}>
            <kbd>{NARRATOR_KEY}</kbd> {t('narratorSays')}
          </Button>
        )}
        {others.map(({ character }) => (
          <Button key={character} keyName={keyOf(character)} onPress={() => nameSpeaker(item, character)}>
            <kbd>{keyOf(character)}</kbd> {character}
          </Button>
        ))}
        <OtherName item={item} />
      </div>
    </div>
  );
}

function Name({ item, offered, keyName }: { item: Item; offered: Candidate; keyName: string }) {
  const { character, rule, score } = offered;
  const isNamed = named.value.get(item.key) === character;
  return (
    <button
      type="button"
      class={isNamed ? 'name chosen' : 'name'}
      aria-pressed={isNamed}
      aria-keyshortcuts={keyName}
      onClick={(event) => nameSpeaker(item, character, { inTurns: event.shiftKey })}
    >
      <kbd>{keyName}</kbd>
      <span class="speaker" style={{ '--hue': String(hues.value.get(character) ?? 210) }}>
        {character}
      </span>
      <span class="because">
        {t(`rule.${rule}` as TextName)}
        {score >= 0.01 && ` · ${percent(score, language.value)}`}
      </span>
    </button>
  );
}

/** The rest of the dialogue, when the first of the names is right. */
function InTurns({ item, first }: { item: Item; first: string }) {
  const turns = turnsOf(item, first);
  if (turns === undefined) return null;
  return (
    <Button
      keyName="R"
      title={t('inTurnsHint', { first, other: turns.other })}
      onPress={() => nameSpeaker(item, first, { inTurns: true })}
    >
      <kbd>{TURNS_KEY}</kbd> {t('inTurns', { n: turns.paragraphs.length })}
      <span class="because">{t('inTurnsHint', { first, other: turns.other })}</span>
    </Button>
  );
}

function OtherName({ item }: { item: Item }) {
  const [typed, setTyped] = useState('');
  const id = useId();
  const found = matching(typed).slice(0, MOST_MATCHES);
  const take = (name: string | undefined, element?: HTMLElement): void => {
    if (name === undefined) return;
    element?.blur();
    nameSpeaker(item, name);
  };
  return (
    <div class="other-name">
      <label class="field inline" for={NAME_FIELD}>
        <span>
          <kbd>/</kbd> {t('otherName')}
        </span>
        <input
          id={NAME_FIELD}
          type="text"
          value={typed}
          autocomplete="off"
          spellcheck={false}
          aria-describedby={id}
          onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.isComposing) take(found[0], event.currentTarget);
          }}
        />
      </label>
      <span class="matches" id={id} aria-live="polite">
        {typed.trim() === '' ? (
          <span class="hint">{t('otherNameHint')}</span>
        ) : found.length === 0 ? (
          <span class="hint">{t('noSuchName')}</span>
        ) : (
          found.map((name) => (
            <button key={name} type="button" class="button small" onClick={() => take(name)}>
              {name}
            </button>
          ))
        )}
      </span>
    </div>
  );
}
