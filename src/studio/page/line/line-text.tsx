/** The words of a line: the spoken word is lit, and a click on a word hears it. */
import type { Line } from '../../shapes.ts';
import { playChapter, spokenLine, spokenWord } from '../sound/player.ts';
import { book } from '../state/studio.ts';
import { placeWords } from '../text/place-words.ts';

/** The text. A button beside it does with keys what a click on it does. */
export function LineText({ line, onHear }: { line: Line; onHear: () => void }) {
  const { words } = line;
  if (words === undefined || words.length === 0)
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the button of the line does the same with keys
      // biome-ignore lint/a11y/useKeyWithClickEvents: the button of the line does the same with keys
      <span class="words" lang={book.value?.language} onClick={() => unlessSelecting(onHear)}>
        {line.text}
      </span>
    );
  const lit = spokenLine.value === line.number ? spokenWord.value : -1;
  const hear = (event: MouseEvent): void => {
    const index = (event.target as HTMLElement).dataset['word'];
    const word = index === undefined ? undefined : words[Number(index)];
    unlessSelecting(() => (word === undefined ? onHear() : playChapter(line.chapter, word.startMs)));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button of the line does the same with keys
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button of the line does the same with keys
    <span class="words" lang={book.value?.language} onClick={hear}>
      {placeWords(line.text, words).map(({ text, word }, index) =>
        word === undefined ? (
          text
        ) : (
          <span key={index} class={wordClass(line, word, lit)} data-word={word}>
            {text}
          </span>
        ),
      )}
    </span>
  );
}

function wordClass(line: Line, word: number, lit: number): string {
  const { startMs, endMs } = line.words![word]!;
  const isDoubted = line.doubts.some(({ atSeconds, seconds = 0.3 }) => {
    if (atSeconds === undefined) return false;
    const from = line.startMs + atSeconds * 1000;
    return from < endMs && from + seconds * 1000 > startMs;
  });
  return ['word', isDoubted && 'doubted', word === lit && 'lit'].filter(Boolean).join(' ');
}

/** Who drags over the text wants to copy it. */
function unlessSelecting(run: () => void): void {
  if (getSelection()?.isCollapsed !== false) run();
}
