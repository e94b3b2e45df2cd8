/** Notes of people about a line. */
import { useId, useState } from 'preact/hooks';
import type { Line, Note } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { useDraft } from '../parts/draft.ts';
import { comment } from '../state/decide.ts';
import { keepSetting, personName } from '../state/kept.ts';
import { chapters } from '../state/studio.ts';
import { t } from '../words/words.ts';

/** The notes, and a new one. */
export function CommentTool({ line }: { line: Line }) {
  const [text, setText, forget] = useDraft(`comment.${line.id}`, '');
  const [about, setAbout] = useState(() => selectedWords(line));
  const [until, setUntil] = useState('');
  const id = useId();
  const later = chapters.value.get(line.chapter)?.lines.filter((one) => one.line > line.line) ?? [];
  const send = async (): Promise<void> => {
    const stretch = { ...(about !== undefined && { about }), ...(until !== '' && { until }) };
    if (!(await comment(line, { text: text.trim(), ...stretch }))) return;
    forget();
    setAbout(undefined);
    setUntil('');
  };
  return (
    <>
      {(line.comments?.length ?? 0) > 0 && (
        <ul class="notes">
          {line.comments!.map((note, index) => (
            <li key={index}>
              <p>{note.text}</p>
              <span class="hint">{signatureOf(note)}</span>
              {note.about !== undefined && <span class="hint"> {t('commentAbout', { words: note.about })}</span>}
              {note.until !== undefined && <span class="hint"> {t('commentUntil', { number: note.until })}</span>}
            </li>
          ))}
        </ul>
      )}
      <label class="field" for={id}>
        <span>{t('newComment')}</span>
        <textarea id={id} rows={2} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      {about !== undefined && (
        <p class="hint">
          {t('commentAbout', { words: about })}{' '}
          <button type="button" class="text-link" onClick={() => setAbout(undefined)}>
            {t('commentAll')}
          </button>
        </p>
      )}
      {later.length > 0 && (
        <label class="field inline" for={`${id}-until`}>
          <span>{t('commentUntilLine')}</span>
          <select id={`${id}-until`} value={until} onChange={({ currentTarget }) => setUntil(currentTarget.value)}>
            <option value="">{t('commentThisLine', { number: line.number })}</option>
            {later.slice(0, MOST_LATER).map(({ number }) => (
              <option key={number} value={number}>
                {number}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="buttons">
        <NameField />
        <Button look="main" disabled={text.trim() === ''} onPress={() => void send()}>
          {t('add')}
        </Button>
      </div>
    </>
  );
}

/** Lines to choose the end of a stretch from. */
const MOST_LATER = 40;

/** The words of the line that are selected on the page. */
function selectedWords({ text }: Line): string | undefined {
  const words = getSelection()?.toString().trim() ?? '';
  return words !== '' && words !== text.trim() && text.includes(words) ? words : undefined;
}

/** The name that stands beside comments and approvals. */
export function NameField() {
  const id = useId();
  return (
    <label class="field inline" for={id}>
      <span>{t('yourName')}</span>
      <input
        id={id}
        type="text"
        maxLength={200}
        autocomplete="name"
        value={personName.value}
        onInput={({ currentTarget }) => {
          personName.value = currentTarget.value;
          keepSetting('name', currentTarget.value);
        }}
      />
    </label>
  );
}

function signatureOf({ by, on }: Note): string {
  return [by, on].filter((one) => one !== undefined).join(', ');
}
