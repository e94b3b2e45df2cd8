/** Speaking other letters than those written: for this line, or for a word wherever it stands. */
import { useId } from 'preact/hooks';
import type { Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { useDraft } from '../parts/draft.ts';
import { addWord, decide } from '../state/decide.ts';
import { setTool } from '../state/open.ts';
import { t } from '../words/words.ts';

/** The forms. */
export function Respell({ line }: { line: Line }) {
  return (
    <>
      <SayInstead line={line} />
      <WordList />
    </>
  );
}

function SayInstead({ line }: { line: Line }) {
  const [say, setSay, forget] = useDraft(`say.${line.id}`, line.decision?.say ?? line.text);
  const id = useId();
  const save = async (value: string | null): Promise<void> => {
    if (!(await decide(line, { say: value }))) return;
    forget();
    setTool(undefined);
  };
  const isNew = say.trim() !== '' && say !== (line.decision?.say ?? line.text);
  return (
    <>
      <label class="field" for={id}>
        <span>{t('spokenInstead')}</span>
        <textarea
          id={id}
          class="reading"
          rows={2}
          value={say}
          onInput={({ currentTarget }) => setSay(currentTarget.value)}
        />
        <span class="hint">{t('spokenInsteadHint')}</span>
      </label>
      <div class="buttons">
        <Button look="main" disabled={!isNew} onPress={() => void save(say)}>
          {t('save')}
        </Button>
        {line.decision?.say !== undefined && <Button onPress={() => void save(null)}>{t('takeBack')}</Button>}
      </div>
    </>
  );
}

function WordList() {
  const [term, setTerm, forgetTerm] = useDraft('term', '');
  const [say, setSay, forgetSay] = useDraft('sayAs', '');
  const [termId, sayId] = [useId(), useId()];
  const add = async (): Promise<void> => {
    if (!(await addWord(term.trim(), say.trim()))) return;
    forgetTerm();
    forgetSay();
  };
  return (
    <fieldset class="word-list">
      <legend>{t('addToWordList')}</legend>
      <label class="field" for={termId}>
        <span>{t('term')}</span>
        <input id={termId} type="text" value={term} onInput={({ currentTarget }) => setTerm(currentTarget.value)} />
      </label>
      <label class="field" for={sayId}>
        <span>{t('sayAs')}</span>
        <input id={sayId} type="text" value={say} onInput={({ currentTarget }) => setSay(currentTarget.value)} />
      </label>
      <Button disabled={term.trim() === '' || say.trim() === ''} onPress={() => void add()}>
        {t('add')}
      </Button>
    </fieldset>
  );
}
