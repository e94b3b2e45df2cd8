import type { Pronunciation } from '../manifest/pronunciation.ts';

/** Applies a list of pronunciations. */
export interface Pronouncer {
  /** The text with all pronunciations applied. Calls `used` for each word found. */
  speak(text: string, used?: (word: string) => void): string;
}

/**
 * Prepares a list of pronunciations. Matches entries literally and case-sensitively, the longest first, from left to right;
 * replaced text is not matched again. In scripts with spaces an entry is a whole word; in Chinese, Japanese and Thai it may
 * be any part of the text; in Korean, endings may follow it. Of two entries for one word the first wins. Linear for ordinary
 * lists.
 */
export function pronouncer(entries: readonly Pronunciation[]): Pronouncer {
  const byStart = new Map<string, Map<string, string>>();
  for (const { word, spoken } of entries) {
    const start = word[0]!;
    const same = byStart.get(start) ?? new Map<string, string>();
    if (!same.has(word)) same.set(word, spoken);
    byStart.set(start, same);
  }
  const sorted = new Map(
    [...byStart].map(([start, same]) => [start, [...same].sort(([a], [b]) => b.length - a.length)] as const),
  );
  return {
    speak(text, used) {
      if (sorted.size === 0) return text;
      const parts: string[] = [];
      let copied = 0;
      for (let at = 0; at < text.length; at++) {
        const hit = sorted.get(text[at]!)?.find(([word]) => text.startsWith(word, at) && isWholeWord(text, at, word));
        if (!hit) continue;
        const [word, spoken] = hit;
        used?.(word);
        parts.push(text.slice(copied, at), spoken);
        copied = at + word.length;
        at = copied - 1;
      }
      return copied === 0 ? text : parts.join('') + text.slice(copied);
    },
  };
}

const IN_A_WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Scripts without spaces: any place may be a word boundary. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]/u;
const HANGUL = /\p{Script=Hangul}/u;

function isWholeWord(text: string, at: number, word: string): boolean {
  return (
    isEdge(before(text, at), first(word)) &&
    isEndEdge(last(word), first(text.slice(at + word.length, at + word.length + 2)))
  );
}

/** Whether a word may begin or end between two characters. */
function isEdge(outer: string, inner: string): boolean {
  if (outer === '' || !IN_A_WORD.test(outer) || !IN_A_WORD.test(inner)) return true;
  return UNSPACED.test(inner) || UNSPACED.test(outer);
}

function isEndEdge(inner: string, outer: string): boolean {
  // A combining mark changes the letter before it: é is not e.
  if (/^\p{M}/u.test(outer)) return false;
  return isEdge(outer, inner) || (HANGUL.test(inner) && HANGUL.test(outer));
}

function before(text: string, at: number): string {
  return [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
}

function first(text: string): string {
  return [...text.slice(0, 2)][0] ?? '';
}

function last(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}
