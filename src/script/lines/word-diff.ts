import { align } from './align.ts';

/** A part of two texts: in both, only in the first, or only in the second. */
export interface WordChange {
  kind: 'same' | 'removed' | 'added';
  text: string;
}

/** Words with their punctuation, single characters of scripts without spaces, and white space; together the complete text. */
const TOKEN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|\s+/gu;

/**
 * The changes between two texts, word by word. The `same` and `removed` parts make up the first text, the `same` and `added`
 * ones the second. White space between two changed words is part of the change.
 */
export function diffWords(before: string, after: string): WordChange[] {
  const a = before.match(TOKEN) ?? [];
  const b = after.match(TOKEN) ?? [];
  const changes: WordChange[] = [];
  let atA = 0;
  let atB = 0;
  for (const [toA, toB] of [...withoutLoneSpaces(align(a, b), a, b), [a.length, b.length] as const]) {
    add(changes, 'removed', a.slice(atA, toA).join(''));
    add(changes, 'added', b.slice(atB, toB).join(''));
    if (toA < a.length) add(changes, 'same', a[toA]!);
    atA = toA + 1;
    atB = toB + 1;
  }
  return changes;
}

/** Joins two changes with only a space between them: "old text" to "new words" is one change. */
function withoutLoneSpaces(pairs: [number, number][], a: readonly string[], b: readonly string[]): [number, number][] {
  const joins = (index: number, step: 1 | -1): boolean => {
    const pair = pairs[index]!;
    const next = pairs[index + step];
    const [endA, endB] = step > 0 ? [a.length, b.length] : [-1, -1];
    if (next === undefined) return pair[0] + step === endA && pair[1] + step === endB;
    return next[0] === pair[0] + step && next[1] === pair[1] + step;
  };
  return pairs.filter((pair, index) => /\S/.test(a[pair[0]]!) || joins(index, 1) || joins(index, -1));
}

function add(changes: WordChange[], kind: WordChange['kind'], text: string): void {
  if (text === '') return;
  const last = changes.at(-1);
  if (last?.kind === kind) last.text += text;
  else changes.push({ kind, text });
}

/** Similarity of two texts, from 0 to 1: words in common over the words of the longer one. */
export function similarity(before: string, after: string): number {
  const a = wordsOf(before);
  const b = wordsOf(after);
  return align(a, b).length / Math.max(a.length, b.length, 1);
}

function wordsOf(text: string): string[] {
  return (text.match(TOKEN) ?? []).filter((token) => /\S/.test(token));
}
