/** Files for people who do not use the studio: lists, labels for audio editors, a page for a reviewer. */
import { useState } from 'preact/hooks';
import { addressIn, getFile } from '../state/request.ts';
import { attempt } from '../state/studio.ts';
import { t } from '../words/words.ts';

/** What is about the lines to hear of the whole book. */
export function TakeSuspectsAlong() {
  return (
    <p class="hint take-along">
      <a class="text-link" href={addressIn('/pickups.csv')} download>
        {t('pickupList')}
      </a>
      <FileButton path="/pickups/audacity" text={t('labelsAudacity')} />
      <FileButton path="/pickups/reaper" text={t('labelsReaper')} />
      <FileButton path="/handout" text={t('reviewerPage')} />
    </p>
  );
}

/** Every line of a chapter, for a reviewer. */
export function TakeChapterAlong({ number }: { number: number }) {
  return (
    <p class="hint take-along">
      <FileButton path={`/handout?scope=all&chapter=${number}`} text={t('reviewerPageOfChapter')} />
    </p>
  );
}

/** A button, not a link: what cannot be made is told, and not saved. */
function FileButton({ path, text }: { path: string; text: string }) {
  const [isBusy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    await attempt(async () => saveFile(await getFile(path)));
    setBusy(false);
  };
  return (
    <button type="button" class="text-link" disabled={isBusy} aria-busy={isBusy} onClick={() => void save()}>
      {isBusy ? t('makingFile') : text}
    </button>
  );
}

function saveFile({ name, content }: { name: string; content: Blob }): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
