/** Finds the notes of an EPUB and the marks that lead to them, in all pages at once: a note may be on another page. Pure. */
import { fragmentOf, resolveName } from '../markup/links.ts';
import { attribute, type Element, elementsOf, isElement, type Node, textOf } from '../markup/markup.ts';
import { typesOf } from './element-types.ts';
import { isMarkText, MARK_CLASS, NOTE_CLASS, NOTES_TITLE, textBefore } from './note-shapes.ts';

/** What belongs to notes. */
export interface EpubNotes {
  /** Marks in the text, and the links that lead back from a note. */
  marks: ReadonlySet<Element>;
  /** Elements that are notes, or that hold nothing else. */
  notes: ReadonlySet<Element>;
  /** The note that a mark leads to. */
  noteOf: ReadonlyMap<Element, Element>;
}

/** A page as it is parsed. */
export interface ParsedPage {
  path: string;
  children: Node[];
}

/** By type or class, or by their links: a mark behind a word leads to a paragraph that begins with the same mark, or leads back. */
export function findNotes(pages: readonly ParsedPage[]): EpubNotes {
  const found: Found = { marks: new Set(), notes: new Set(), noteOf: new Map() };
  const ids = indexOf(pages);
  for (const { path, children } of pages) {
    for (const element of elementsOf({ children })) {
      if (isNote(element)) found.notes.add(element);
      if (element.tagName === 'a') readLink(element, path, ids, found);
    }
  }
  return found;
}

interface Found {
  marks: Set<Element>;
  notes: Set<Element>;
  noteOf: Map<Element, Element>;
}

type Ids = ReadonlyMap<string, Element>;

function indexOf(pages: readonly ParsedPage[]): Ids {
  const ids = new Map<string, Element>();
  for (const { path, children } of pages) {
    for (const element of elementsOf({ children })) {
      for (const id of [attribute(element, 'id'), element.tagName === 'a' ? attribute(element, 'name') : ''])
        if (id !== '' && !ids.has(`${path}#${id}`)) ids.set(`${path}#${id}`, element);
    }
  }
  return ids;
}

/** Whether the element itself says that it is a note, or a list of notes. */
function isNote(element: Element): boolean {
  const types = typesOf(element);
  if (types.some((type) => /^(?:(?:foot|rear|end)notes?)$/.test(type))) return true;
  if (!/^(?:p|div|li|ol|ul|dl|dd|aside|section|table)$/.test(element.tagName)) return false;
  if (!NOTE_CLASS.test(attribute(element, 'class'))) return false;
  // A class of a whole page of prose is no proof.
  for (const heading of elementsOf(element, 'h1', 'h2', 'h3', 'h4', 'h5', 'h6'))
    if (!NOTES_TITLE.test(textOf(heading, 100))) return false;
  return true;
}

function readLink(link: Element, path: string, ids: Ids, found: Found): void {
  const href = attribute(link, 'href');
  const isTyped = typesOf(link).includes('noteref');
  if (!href.includes('#') || !(isTyped || isMarkText(link))) return;
  const target = ids.get(`${resolveName(path, href)}#${fragmentOf(href)}`);
  const note = target && noteAround(target);
  // An asterisk that leads anywhere is a mark, also where its note has been lost.
  const isSign = /^[*†‡§¶]{1,3}$/.test(textOf(link, 10)) && textBefore(link) !== '';
  if (isTyped || isSign || isMarked(link)) found.marks.add(link);
  else if (note === undefined || textBefore(link) === '' || !proves({ link, path, note, ids })) return;
  found.marks.add(link);
  if (note === undefined || note.childNodes.length === 0 || holds(note, link)) return;
  found.notes.add(note);
  found.noteOf.set(link, note);
}

/** Whether the link's class, or that of what is around it, is one of note marks. */
function isMarked(link: Element): boolean {
  const around = link.parent && /^(?:span|sup)$/.test(link.parent.tagName) ? link.parent : link;
  return [link, around].some((element) => MARK_CLASS.test(attribute(element, 'class'))) && textBefore(link) !== '';
}

const INLINE = /^(?:a|span|sup|sub|b|i|em|strong|small|cite|font|u)$/;

/** The paragraph or list item that a target stands for; undefined for a heading, a whole page, or a place in mid-sentence. */
function noteAround(target: Element): Element | undefined {
  let block: Element | undefined = target;
  while (block && INLINE.test(block.tagName)) {
    if (textBefore(block) !== '') return undefined;
    block = block.parent;
  }
  if (block?.parent && /^(?:li|aside|dd)$/.test(block.parent.tagName)) block = block.parent;
  if (block === undefined || !/^(?:p|div|li|aside|dd|dt|tr|td|section|blockquote)$/.test(block.tagName))
    return undefined;
  return elementsOf(block, 'h1', 'h2', 'h3', 'h4', 'h5', 'h6').next().done === false ? undefined : block;
}

/** Whether a block begins with the mark, or has a link back to the mark, or a class or ID of notes. */
function proves({ link, path, note, ids }: { link: Element; path: string; note: Element; ids: Ids }): boolean {
  const bare = (text: string): string => text.replace(/[[\](){}.:\s]/g, '');
  const mark = bare(textOf(link, 100));
  const start = textOf(note, 100);
  const first = /^[[({]?(\d{1,4}|[*†‡§¶]{1,4}|[a-z]|[ivxlc]{1,6})(?![\p{L}\p{N}])/iu.exec(start)?.[1];
  if (first === mark) return true;
  if ([note, ...elementsOf(note)].some((element) => NOTE_CLASS.test(attribute(element, 'class')))) return true;
  for (const back of elementsOf(note, 'a')) {
    const href = attribute(back, 'href');
    const origin = href.includes('#')
      ? ids.get(`${href.startsWith('#') ? path : resolveName(path, href)}#${fragmentOf(href)}`)
      : undefined;
    if (origin && (origin === link || holds(origin, link) || holds(link, origin))) return true;
  }
  return false;
}

function holds(outer: Element, inner: Element): boolean {
  for (let at: Element | undefined = inner; at; at = at.parent) if (at === outer) return true;
  return false;
}

const BACK = /^\W*(?:back|return|zurück|retour|volver|voltar|torna|назад|返回|戻る)(?: to (?:the )?text)?\W*$/i;

/** Links in a note that only lead back to the text: an arrow, or its number. */
export function isBackLink(node: Node): boolean {
  if (!isElement(node, 'a')) return false;
  const text = textOf(node, 50);
  return isMarkText(node) || !/[\p{L}\p{N}]/u.test(text) || BACK.test(text) || /back/i.test(attribute(node, 'class'));
}
