import type { SpellClass } from '../../manifest/fields/spell-classes.ts';
import type { Pronunciation } from '../../manifest/pronunciation/pronunciation.ts';
import { looseWords } from './loose-words.ts';

/** Applies a list of pronunciations. */
export interface Pronouncer {
  /** The text with all pronunciations applied. Calls `used` for each word found, with its class if it is spelled out. */
  speak(text: string, used?: Used): string;
  /** What `speak` replaces, in order. */
  replacements(text: string, used?: Used): Replacement[];
  /** The longest entry at an offset that is a whole word there. */
  entryAt(text: string, at: number): Hit | undefined;
}

/** An entry that was found: its word as the list has it, how much of the text it covers, and what is spoken. */
export interface Hit extends Pick<Pronunciation, 'word' | 'spoken'> {
  /** In UTF-16 code units. */
  length: number;
}

/** Called for a word that is replaced; with its class when it is spelled out and is no entry of a list. */
export type Used = (word: string, spelled?: SpellClass) => void;

/** A part of a text, in UTF-16 code units, and what is spoken instead. */
export interface Replacement {
  start: number;
  end: number;
  spoken: string;
}

/** The text with its parts replaced. */
export function replaced(text: string, replacements: readonly Replacement[]): string {
  if (replacements.length === 0) return text;
  const parts: string[] = [];
  let copied = 0;
  for (const { start, end, spoken } of replacements) {
    parts.push(text.slice(copied, start), spoken);
    copied = end;
  }
  return parts.join('') + text.slice(copied);
}

/**
 * Prepares a list of pronunciations. Matches entries literally and in their case, unless they say otherwise, the longest first, from left to right;
 * replaced text is not matched again. In scripts with spaces an entry is a whole word; in Chinese, Japanese and Thai it may
 * be any part of the text; in Korean, endings may follow it. Of two entries for one word the first wins, and one of `entries`
 * before one of `shared`. The time grows with the text, and hardly with the list: both are the author's.
 *
 * @param shared a prepared list that applies as well, such as the book's for a character with a list of its own
 */
export function pronouncer(entries: readonly Pronunciation[], shared?: Pronouncer): Pronouncer {
  const own = indexOf(entries.filter(({ anyCase, pattern }) => !anyCase && !pattern));
  const loose = looseWords(entries, { isEdge, isEndEdge, indexOf });
  const entryAt: Pronouncer['entryAt'] = (text, at) => {
    const mine = longer(own.entryAt(text, at), loose?.(text, at));
    return longer(mine, shared?.entryAt(text, at));
  };
  const replacements: Pronouncer['replacements'] = (text, used) => {
    const found: Replacement[] = [];
    for (let at = 0; at < text.length; at++) {
      const hit = entryAt(text, at);
      if (!hit) continue;
      const { word, spoken, length } = hit;
      used?.(word);
      found.push({ start: at, end: at + length, spoken });
      at += length - 1;
    }
    return found;
  };
  return { entryAt, replacements, speak: (text, used) => replaced(text, replacements(text, used)) };
}

/** The longer one; of two that are equally long the first. */
function longer(one: Hit | undefined, other: Hit | undefined): Hit | undefined {
  return one === undefined || (other !== undefined && other.length > one.length) ? other : one;
}

/** Entries in the order of their words, each with the longest other word that it begins with. */
interface Entry extends Hit {
  prefix: Entry | undefined;
}

function indexOf(list: readonly Pick<Pronunciation, 'word' | 'spoken'>[]): Pick<Pronouncer, 'entryAt'> {
  const first = new Map<string, Pick<Pronunciation, 'word' | 'spoken'>>();
  for (const entry of list) if (!first.has(entry.word)) first.set(entry.word, entry);
  const entries: Entry[] = [];
  const starts = new Set<string>();
  let longest = 0;
  for (const { word, spoken } of [...first.values()].sort((a, b) => (a.word < b.word ? -1 : 1))) {
    let prefix = entries.at(-1);
    while (prefix !== undefined && !word.startsWith(prefix.word)) prefix = prefix.prefix;
    entries.push({ word, spoken, length: word.length, prefix });
    starts.add(word[0]!);
    longest = Math.max(longest, word.length);
  }
  return {
    entryAt(text, at) {
      if (!starts.has(text[at]!) || !isEdge(before(text, at), firstOf(text.slice(at, at + 2)))) return undefined;
      // All words that the text begins with here are prefixes of the last word that is not behind it in the order.
      for (let entry = lastUpTo(entries, text.slice(at, at + longest)); entry !== undefined; entry = entry.prefix) {
        const { word } = entry;
        if (
          text.startsWith(word, at) &&
          isEndEdge(lastOf(word), firstOf(text.slice(at + word.length, at + word.length + 2)))
        )
          return entry;
      }
      return undefined;
    },
  };
}

/** Binary search: the last entry whose word is not after `text` in the order. */
function lastUpTo(entries: readonly Entry[], text: string): Entry | undefined {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.word <= text) low = middle + 1;
    else high = middle;
  }
  return entries[low - 1];
}

const IN_A_WORD = /[\p{L}\p{N}\p{M}_]/u;
/** Scripts without spaces: any place may be a word boundary. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}ー]/u;
const HANGUL = /\p{Script=Hangul}/u;

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

function firstOf(text: string): string {
  return [...text.slice(0, 2)][0] ?? '';
}

function lastOf(text: string): string {
  return [...text.slice(-2)].at(-1) ?? '';
}
