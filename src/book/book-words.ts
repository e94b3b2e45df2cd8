/** A book's names and uncommon words, and whether its word list settles them. Pure. */
import { headingShape } from '../import/headings/heading-forms.ts';
import { pronouncer } from '../script/pronounce/pronouncer.ts';
import { uncommonWords, type WordKind } from '../script/pronounce/uncommon-words.ts';
import { placesOf, type TextPlace } from './edit/text-places.ts';
import type { Book } from './load-book.ts';

/** A word, with its first place. */
export interface BookWord extends TextPlace {
  word: string;
  kind: WordKind;
  count: number;
  /** `listed`: a pronunciation covers it; `reviewed`: a person has settled it. */
  state: 'open' | 'listed' | 'reviewed';
  /** How it is spoken; absent for a word that is not in a list. */
  spoken?: string;
}

/** A part, a chapter and its title may stand before a text. */
const MOST_HEADS = 3;

/** The head of a chapter without "Chapter Three": its title alone is of interest. Every letter keeps its place. */
function ofTitle(text: string): string {
  const line = text.replace(/\s/g, ' ').trimEnd();
  const shape = headingShape(line);
  if (shape === undefined || !line.endsWith(shape.title)) return text;
  // No word of a title begins a sentence.
  const before = line.length - shape.title.length;
  if (before <= 0) return text;
  return `${' '.repeat(Math.max(0, before - 2))}, `.slice(-before) + shape.title;
}

/** The most frequent first. What a character's own list has counts as listed only for the whole book's list. */
export function bookWords(book: Book, manifestText: string | undefined): BookWord[] {
  const placeOf = placesOf(book, manifestText);
  const parts = book.chapters.flatMap((chapter) =>
    chapter.segments.map((segment, index) => ({ chapter, segment, index })),
  );
  const texts = parts.map(({ segment, index }) => {
    const text = segment.written ?? segment.text;
    return index < MOST_HEADS ? ofTitle(text) : text;
  });
  const list = pronouncer(book.wordList);
  const reviewed = new Set(book.wordList.filter((entry) => entry.reviewed).map(({ word }) => word));
  return uncommonWords(texts, book.manifest.language).flatMap(({ word, kind, places }): BookWord[] => {
    const [first] = places;
    const part = first && parts[first.text];
    if (first === undefined || part === undefined) return [];
    const hit = list.entryAt(word, 0);
    const state = hit === undefined ? 'open' : reviewed.has(hit.word) ? 'reviewed' : 'listed';
    const place = placeOf({ ...part, offset: first.offset });
    return [{ word, kind, count: places.length, state, ...(hit && { spoken: hit.spoken }), ...place }];
  });
}
