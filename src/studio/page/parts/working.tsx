/** Something that was asked for is under way: shown once it takes long enough to be noticed. */
import { useEffect, useState } from 'preact/hooks';
import { changesUnderWay } from '../state/request.ts';
import { t } from '../words/words.ts';

/** What is answered within this time needs no sign, in milliseconds. */
const NOTICED_MS = 250;

/** The sign. */
export function Working() {
  const isWorking = changesUnderWay.value > 0;
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (!isWorking) return setShown(false);
    const timer = setTimeout(() => setShown(true), NOTICED_MS);
    return () => clearTimeout(timer);
  }, [isWorking]);
  return (
    <p class={isShown ? 'working shown' : 'working'} role="status">
      {isShown && t('working')}
    </p>
  );
}
