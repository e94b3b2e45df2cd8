/** What changes in a text, for the eye by color and for a screen reader by words. */
import { differenceLines } from '../text/difference.ts';
import { t } from '../words/words.ts';

/** A unified difference of a file. */
export function Difference({ difference, file }: { difference: string; file: string }) {
  const lines = differenceLines(difference);
  if (lines.length === 0) return <p class="hint">{t('noDifference')}</p>;
  const spoken = { removed: t('removedLine'), added: t('addedLine'), same: '', gap: '' };
  return (
    <figure class="difference">
      <figcaption class="hint">{t('difference', { file })}</figcaption>
      {lines.map(({ kind, text }, index) => (
        <div key={index} class={kind}>
          <span class="visually-hidden">{spoken[kind]} </span>
          {text === '' ? ' ' : text}
        </div>
      ))}
    </figure>
  );
}
