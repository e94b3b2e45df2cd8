/** Two wordings of a line, word by word. Pure; for plans and for comparing editions. */
import { alignEqual } from './align.ts';

/** A piece of a line: in both wordings, or in one of them only. The pieces of one wording in order give it back, but for blanks. */
export interface WordChange {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** A word with the blanks behind it; scripts without blanks are compared letter by letter. */
const WORDS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]\s*|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+\s*|\s+/gu;

/** What changed between two wordings: neighbours of one kind are joined; what was removed stands before what was added. */
export function wordDiff(before: string, after: string): WordChange[] {
  const [old, young] = [wordsOf(before), wordsOf(after)];
  const changes: WordChange[] = [];
  const add = (kind: WordChange['kind'], text: string): void => {
    const last = changes.at(-1);
    if (text === '') return;
    if (last?.kind === kind) last.text += text;
    else changes.push({ kind, text });
  };
  let [a, b] = [0, 0];
  const pairs = alignEqual(
    old.map((word) => word.trim()),
    young.map((word) => word.trim()),
  );
  for (const [i, j] of [...pairs, [old.length, young.length] as const]) {
    add('removed', old.slice(a, i).join(''));
    add('added', young.slice(b, j).join(''));
    const [was = '', is = ''] = [old[i], young[j]];
    // At the end of one wording a word has no blank behind it.
    add('same', was.length > is.length ? was : is);
    [a, b] = [i + 1, j + 1];
  }
  return changes;
}

/** How much two wordings share, from 0 to 1: words in common over the words of the longer one. */
export function likeness(before: string, after: string): number {
  const [old, young] = [wordsOf(before), wordsOf(after)].map((words) => words.map((word) => word.trim()));
  if (old === undefined || young === undefined) return 0;
  return alignEqual(old, young).length / Math.max(old.length, young.length, 1);
}

function wordsOf(text: string): string[] {
  return text.match(WORDS) ?? [];
}
