/** Editing the author's words: what changes in the file is shown before it is written. */
import { useId, useState } from 'preact/hooks';
import type { Words } from '../../requests.ts';
import type { Line } from '../../shapes.ts';
import { Button } from '../parts/button.tsx';
import { Difference } from '../parts/difference.tsx';
import { useDraft } from '../parts/draft.ts';
import { editWords } from '../state/decide.ts';
import { refreshSoon } from '../state/live.ts';
import { tellDone } from '../state/notices.ts';
import { setTool } from '../state/open.ts';
import { attempt } from '../state/studio.ts';
import { t } from '../words/words.ts';

/** The form. */
export function EditWords({ line }: { line: Line }) {
  const [words, setWords, forget] = useDraft(`words.${line.id}`, line.text);
  const [preview, setPreview] = useState<(Words & { words: string }) | undefined>();
  const id = useId();
  const file = line.file?.name ?? '';
  const shown = preview?.words === words ? preview : undefined;
  const look = (): Promise<boolean> =>
    attempt(async () => {
      const answer = await editWords(line, { words, of: line.file?.version ?? '', preview: true });
      setPreview({ ...answer, words });
    });
  const save = (of: string): Promise<boolean> =>
    attempt(async () => {
      const { proposal, file: written } = await editWords(line, { words, of, preview: false });
      forget();
      setTool(undefined);
      tellDone(proposal === undefined ? t('wordsSaved', { file: written }) : t('wordsProposed', { file: proposal }));
      refreshSoon();
    });
  const cancel = (): void => {
    forget();
    setTool(undefined);
  };
  return (
    <>
      <label class="field" for={id}>
        <span>{t('words')}</span>
        <textarea
          id={id}
          class="reading"
          rows={3}
          value={words}
          onInput={({ currentTarget }) => setWords(currentTarget.value)}
        />
      </label>
      {shown && <Difference difference={shown.difference} file={shown.file} />}
      {shown?.proposal !== undefined && <p class="hint">{t('proposeWordsHint', { file })}</p>}
      <div class="buttons">
        {shown === undefined ? (
          <Button look="main" disabled={words.trim() === ''} onPress={() => void look()}>
            {t('showDifference')}
          </Button>
        ) : (
          <Button look="main" icon="check" disabled={shown.difference === ''} onPress={() => void save(shown.version)}>
            {shown.proposal === undefined ? t('saveWords', { file }) : t('proposeWords')}
          </Button>
        )}
        <Button look="quiet" onPress={cancel}>
          {t('cancel')}
        </Button>
      </div>
    </>
  );
}
