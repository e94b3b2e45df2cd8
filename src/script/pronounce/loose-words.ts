/** Entries of a word list in any case, and with one `*`. Every match is bounded: 20 letters for the `*`, no repetition. Pure. */
import type { Pronunciation } from '../../manifest/pronunciation/pronunciation.ts';

/** What is found at a place; see `Hit` in pronouncer.ts. */
interface Found {
  word: string;
  spoken: string;
  length: number;
}
type Finder = (text: string, at: number) => Found | undefined;

/** How words are bounded in a text, and an index of exact words. */
interface Words {
  isEdge(outer: string, inner: string): boolean;
  isEndEdge(inner: string, outer: string): boolean;
  indexOf(list: readonly { word: string; spoken: string }[]): { entryAt: Finder };
}

/** Letters that a `*` can stand for. */
const STAR = /[\p{L}\p{N}\p{M}_]{0,20}/uy;
/** Longest text that one entry can cover. */
const LONGEST = 125;

/** Finds the longest of these entries at a place; undefined when the list has none of them. */
export function looseWords(entries: readonly Pronunciation[], words: Words): Finder | undefined {
  const finders = [
    anyCaseFinder(entries, words),
    ...entries.filter(({ pattern }) => pattern).map((one) => patternFinder(one, words)),
  ];
  const all = finders.filter((finder) => finder !== undefined);
  if (all.length === 0) return undefined;
  return (text, at) => {
    if (!isWordStart(text, at, words)) return undefined;
    let best: Found | undefined;
    for (const find of all) {
      const found = find(text, at);
      if (found !== undefined && found.length > (best?.length ?? 0)) best = found;
    }
    return best;
  };
}

function isWordStart(text: string, at: number, { isEdge }: Words): boolean {
  return isEdge(lastOf(text.slice(Math.max(0, at - 2), at)), firstOf(text.slice(at, at + 2)));
}

function anyCaseFinder(entries: readonly Pronunciation[], { indexOf }: Words): Finder | undefined {
  const list = entries.filter(({ anyCase, pattern }) => anyCase && !pattern);
  if (list.length === 0) return undefined;
  const byFolded = new Map(list.map(({ word }) => [folded(word), word] as const).reverse());
  const index = indexOf(list.map(({ word, spoken }) => ({ word: folded(word), spoken })));
  let last = { text: '', folded: '' };
  return (text, at) => {
    if (last.text !== text) last = { text, folded: folded(text) };
    const hit = index.entryAt(last.folded, at);
    return hit && { ...hit, word: byFolded.get(hit.word) ?? hit.word };
  };
}

function patternFinder({ word, spoken, anyCase }: Pronunciation, { isEndEdge }: Words): Finder {
  const [before = '', after = ''] = (anyCase ? folded(word) : word).split('*');
  return (text, at) => {
    const part = text.slice(at, at + LONGEST);
    const seen = anyCase ? folded(part) : part;
    if (!seen.startsWith(before)) return undefined;
    STAR.lastIndex = before.length;
    const run = STAR.exec(seen)?.[0] ?? '';
    if (!run.endsWith(after)) return undefined;
    const length = before.length + run.length;
    if (length === 0 || !isEndEdge(lastOf(part.slice(0, length)), firstOf(text.slice(at + length, at + length + 2))))
      return undefined;
    const star = part.slice(before.length, length - after.length);
    return { word, spoken: spoken.replaceAll('*', () => star), length };
  };
}

/** In lower case, with the same length: no letter may move. */
function folded(text: string): string {
  const lower = text.toLowerCase();
  if (lower.length === text.length) return lower;
  return [...text]
    .map((letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter))
    .join('');
}

function firstOf(text: string): string {
  return [...text.slice(0, 2)][0] ?? '';
}

function lastOf(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}
