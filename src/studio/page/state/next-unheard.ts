/** The way to the next line that nobody has heard. */
import { playChapter, spokenLine } from '../sound/player.ts';
import { t } from '../words/words.ts';
import { follows } from './follow.ts';
import { tellDone } from './notices.ts';
import { openNumber } from './open.ts';
import { goTo, route } from './route.ts';
import { attempt, book, chapters, loadChapter } from './studio.ts';

/** Plays on from the next line that nobody has heard: behind the line that is spoken or open, in this chapter and then in the others. */
export async function nextUnheard(): Promise<void> {
  const all = book.value?.chapters ?? [];
  const shown = route.value.at === 'chapter' ? route.value.chapter : undefined;
  const [spoken, open] = [spokenLine.value, openNumber()];
  const from = [spoken, open].find(
    (number) => number !== undefined && (shown === undefined || chapterOf(number) === shown),
  );
  const first = shown ?? (from === undefined ? undefined : chapterOf(from));
  const at = Math.max(
    0,
    all.findIndex(({ number }) => number === first),
  );
  const inOrder = [...all.slice(at), ...all.slice(0, at)];
  for (const { number, lines, unspoken, heard = 0 } of inOrder) {
    if (heard >= lines || unspoken >= lines) continue;
    if (!chapters.value.has(number) && !(await attempt(() => loadChapter(number)))) return;
    const found = unheardIn(number, number === first ? from : undefined);
    if (found === undefined) continue;
    follows.value = true;
    if (shown !== number) goTo({ at: 'chapter', chapter: number });
    playChapter(number, found.startMs);
    return;
  }
  tellDone(t('everyLineHeard'));
}

/** Behind a line, or from the beginning when there is none behind it. */
function unheardIn(chapter: number, from: string | undefined) {
  const lines = chapters.value.get(chapter)?.lines ?? [];
  const after = lines.findIndex(({ number }) => number === from) + 1;
  return [...lines.slice(after), ...lines.slice(0, after)].find(({ of, heard }) => of !== undefined && !heard);
}

function chapterOf(number: string): number {
  return Number(number.split(':')[0]);
}
