/** The selectors of a style sheet that can be decided without a browser: kinds, classes, IDs, and what is inside what. Pure. */
import { attribute, type Element } from '../markup/markup.ts';

/** Conditions on one element; empty `name` for any kind. */
interface Compound {
  name: string;
  id: string;
  classes: readonly string[];
}

/** A selector, such as `.a > p.b`. */
export interface Selector {
  /** From the outermost to the element itself. */
  parts: readonly Compound[];
  /** What joins each part to the next one: inside of it anywhere, or directly. */
  joins: readonly ('inside' | 'child')[];
  /** The higher one decides, before the order of the rules (CSS Selectors 4, 17). */
  weight: number;
}

/** More parts are no use for hiding, and would cost time for each element. */
const MOST_PARTS = 8;
const COMPOUND = /^(\*|[a-z][\w-]*)?((?:[.#]-?[_a-z\u0080-\uffff][\w\u0080-\uffff-]*)*)$/i;

/** Reads one selector; undefined for one with attributes, states or neighbours, which may not apply. */
export function selectorOf(text: string): Selector | undefined {
  const words = text
    .replace(/\s*>\s*/g, ' > ')
    .trim()
    .split(/\s+/);
  if (words.length > MOST_PARTS * 2) return undefined;
  const parts: Compound[] = [];
  const joins: Selector['joins'][number][] = [];
  for (const [index, word] of words.entries()) {
    if (word === '>') continue;
    const part = compoundOf(word);
    if (part === undefined || parts.length === MOST_PARTS) return undefined;
    if (parts.length > 0) joins.push(words[index - 1] === '>' ? 'child' : 'inside');
    parts.push(part);
  }
  const last = parts.at(-1);
  if (last === undefined || words.at(-1) === '>' || words[0] === '>') return undefined;
  if (last.id === '' && last.classes.length === 0 && /^(?:html|body)?$/.test(last.name)) return undefined;
  const weight = parts.reduce(
    (sum, { name, id, classes }) => sum + (id === '' ? 0 : 1_000_000) + classes.length * 1000 + (name === '' ? 0 : 1),
    0,
  );
  return { parts, joins, weight };
}

function compoundOf(word: string): Compound | undefined {
  const found = COMPOUND.exec(word);
  if (found === null || word === '') return undefined;
  const pieces = found[2]!.match(/[.#][^.#]+/g) ?? [];
  const ids = pieces.filter((piece) => piece.startsWith('#'));
  if (ids.length > 1) return undefined;
  return {
    name: found[1] === '*' ? '' : (found[1] ?? '').toLowerCase(),
    id: ids[0]?.slice(1) ?? '',
    classes: pieces.filter((piece) => piece.startsWith('.')).map((piece) => piece.slice(1)),
  };
}

/** What an element that a selector matches must have: its rules are looked up by it. */
export function keyOf({ parts }: Selector): string {
  const { name, id, classes } = parts.at(-1)!;
  return id !== '' ? `#${id}` : classes.length > 0 ? `.${classes[0]}` : name;
}

/** All keys under which rules for an element may stand. */
export function keysOf(element: Element): string[] {
  const id = attribute(element, 'id');
  const classes = classesOf(element).map((one) => `.${one}`);
  return [element.tagName, ...classes, ...(id === '' ? [] : [`#${id}`])];
}

/** Whether a selector matches an element. */
export function matches({ parts, joins }: Selector, element: Element): boolean {
  if (!fits(parts.at(-1)!, element)) return false;
  return fitsAround({ parts, joins }, parts.length - 2, element);
}

/** Whether what is around an element fits the parts up to an index; each step goes outward, the nearest first. */
function fitsAround(of: Pick<Selector, 'parts' | 'joins'>, index: number, element: Element): boolean {
  if (index < 0) return true;
  if (of.joins[index] === 'child')
    return (
      element.parent !== undefined &&
      fits(of.parts[index]!, element.parent) &&
      fitsAround(of, index - 1, element.parent)
    );
  for (let around = element.parent, steps = 0; around && steps < MOST_AROUND; around = around.parent, steps++) {
    if (!fits(of.parts[index]!, around)) continue;
    // Without a direct child further out, the nearest is as good as any.
    if (!of.joins.slice(0, index).includes('child')) return fitsAround(of, index - 1, around);
    if (fitsAround(of, index - 1, around)) return true;
  }
  return false;
}

/** Pages are not nested deeper; a page that is crafted to be costs no more. */
const MOST_AROUND = 64;

function fits({ name, id, classes }: Compound, element: Element): boolean {
  if (name !== '' && name !== element.tagName) return false;
  if (id !== '' && id !== attribute(element, 'id')) return false;
  if (classes.length === 0) return true;
  const own = classesOf(element);
  return classes.every((one) => own.includes(one));
}

function classesOf(element: Element): string[] {
  const text = attribute(element, 'class');
  return text === '' ? [] : text.split(/\s+/).filter(Boolean);
}
