/** Decides what of a page is not read aloud, and says why. Pure. */
import { attribute, type Element, elementsOf, textOf } from './markup.ts';
import { typesOf } from './xhtml-types.ts';

/** Why this element is not read aloud, in the singular; undefined when it is read. */
export function omissionOf(element: Element): string | undefined {
  const name = element.tagName;
  const kind = attribute(element, 'class').toLowerCase();
  const types = typesOf(element);
  if (NAMES[name] !== undefined) return NAMES[name];
  if (types.includes('pagebreak') || /\bpage-?(?:num|number|break)s?\b/.test(kind)) return 'page number';
  if (types.some((type) => /^(?:foot|rear|end)notes?$/.test(type))) return 'note';
  if ((name === 'a' || name === 'sup') && isNoteMark(element, types, kind)) return 'note mark';
  return isHidden(element) ? 'hidden text' : undefined;
}

const MEDIA = 'replacement text';
const NAMES: Readonly<Record<string, string>> = {
  img: 'image',
  image: 'image',
  svg: 'image',
  math: 'formula',
  nav: 'navigation list',
  rt: 'ruby reading',
  rp: 'ruby reading',
  title: 'hidden text',
  template: 'hidden text',
  select: 'form field',
  textarea: 'form field',
  iframe: MEDIA,
  object: MEDIA,
  audio: MEDIA,
  video: MEDIA,
  canvas: MEDIA,
  noscript: MEDIA,
};

/** All words in an element, also those that describe pictures, in the order of the account. */
export function insideText(element: Element): string {
  if (/^(?:head|script|style)$/.test(element.tagName)) return '';
  const inside = element.childNodes.map((node) => ('value' in node ? node.value : insideText(node)));
  return labelsOf(element) + inside.join('');
}

/** The words of an element's attributes: its `aria-label`, then its `alt`. */
export function labelsOf(element: Element): string {
  return ['aria-label', 'alt']
    .map((name) => attribute(element, name))
    .filter((label) => label !== '')
    .join(' ');
}

/** A footnote mark: a number, asterisks or a letter, perhaps in brackets. */
const MARK = /^[[(]?(?:\d{1,4}|[*†‡§¶]{1,4}|[a-z]|[ivxlc]{1,6})[\])]?$/i;

/** Longest text that may match it, with spaces around. */
const LONGEST_MARK = 100;

function isNoteMark(element: Element, types: string[], kind: string): boolean {
  if (types.includes('noteref')) return true;
  // Marks are nested at will, but short.
  if (!MARK.test(textOf(element, LONGEST_MARK + 1))) return false;
  if (element.tagName === 'sup') return elementsOf(element, 'a').next().done === false;
  const leads = attribute(element, 'href').includes('#');
  return (
    leads &&
    (/note|fn/.test(kind) ||
      elementsOf(element, 'sup').next().done === false ||
      /^[[(*†‡§¶]/.test(textOf(element, LONGEST_MARK)))
  );
}

function isHidden(element: Element): boolean {
  return element.attrs.some(
    ({ name, value }) =>
      name === 'hidden' ||
      (name === 'style' && /display\s*:\s*none/i.test(value)) ||
      (name === 'aria-hidden' && value === 'true'),
  );
}
