/** Notes of people about a line. */
import { useId } from 'preact/hooks';
import type { Line, Note } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { useDraft } from '../parts/draft.ts';
import { comment } from '../state/decide.ts';
import { keepSetting, personName } from '../state/kept.ts';
import { t } from '../words/words.ts';

/** The notes, and a new one. */
export function CommentTool({ line }: { line: Line }) {
  const [text, setText, forget] = useDraft(`comment.${line.id}`, '');
  const id = useId();
  const send = async (): Promise<void> => {
    if (await comment(line, text.trim())) forget();
  };
  return (
    <>
      {(line.comments?.length ?? 0) > 0 && (
        <ul class="notes">
          {line.comments!.map((note, index) => (
            <li key={index}>
              <p>{note.text}</p>
              <span class="hint">{signatureOf(note)}</span>
            </li>
          ))}
        </ul>
      )}
      <label class="field" for={id}>
        <span>{t('newComment')}</span>
        <textarea id={id} rows={2} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      <div class="buttons">
        <NameField />
        <Button look="main" disabled={text.trim() === ''} onPress={() => void send()}>
          {t('add')}
        </Button>
      </div>
    </>
  );
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
