/** Decides what of a page is not read aloud, and says why. Pure. */
import { isReadType, omissionReason } from './epub-matter.ts';
import { attribute, type Element, elementsOf, textOf } from './markup.ts';
import { typesOf } from './xhtml-types.ts';

/** Why this element is not read aloud, in the singular; undefined when it is read. */
export function omissionOf(element: Element): string | undefined {
  const name = element.tagName;
  const kind = attribute(element, 'class').toLowerCase();
  const types = typesOf(element);
  if (NAMES[name] !== undefined) return NAMES[name];
  if (isPageNumber(element, types)) return 'page number';
  if (types.some((type) => /^(?:foot|rear|end)notes?$/.test(type))) return 'note';
  if ((name === 'a' || name === 'sup') && isNoteMark(element, types, kind)) return 'note mark';
  return isHidden(element) ? 'hidden text' : undefined;
}

/** Classes and IDs of places where a printed page begins. */
const PAGE_CLASS = /(?:^|\s)(?:x-?)?(?:page|pg)(?:[-_]?(?:num|number|break|no|nr|marker|start))?s?(?:\s|$)/;
const PAGE_ID = /^(?:page|pg|p|pagenum|pb)[-_]?(\d{1,5}|[ivxlc]{1,8})$/i;
/** Nothing but the number of a page, perhaps with the word "page" or brackets: what such a marker may hold. */
const PAGE_NUMBER =
  /^[[({<|–—-]*\s*(?:(?:page|pages|pg|pp?|seite|s|página|pagina|pág|pag|стр|страница|trang|hal|halaman)\.?\s*|第)?(?:\d{1,5}|[ivxlcdm]{1,8})\s*(?:页|頁|ページ|쪽)?\s*[\])}>|–—.-]*$/iu;
const LONGEST_PAGE_NUMBER = 60;

/** A marker goes only when it holds no more than a number: real text may begin a page, too. */
function isPageNumber(element: Element, types: readonly string[]): boolean {
  const name = element.tagName;
  const id = PAGE_ID.exec(attribute(element, 'id'))?.[1];
  const isMarked =
    types.includes('pagebreak') ||
    name === 'pagenum' ||
    PAGE_CLASS.test(attribute(element, 'class').toLowerCase()) ||
    id !== undefined;
  if (!isMarked || /^(?:html|body|h[1-6])$/.test(name)) return false;
  const text = firstWords(element, LONGEST_PAGE_NUMBER + 1).trim();
  if (text === '') return types.includes('pagebreak') && element.childNodes.length === 0;
  if (text.length > LONGEST_PAGE_NUMBER || !PAGE_NUMBER.test(text)) return false;
  if (elementsOf(element, 'h1', 'h2', 'h3', 'h4', 'h5', 'h6').next().done === false) return false;
  // An ID alone may be that of a paragraph: its text must be the same number.
  return (
    types.includes('pagebreak') ||
    name === 'pagenum' ||
    id === undefined ||
    text.toLowerCase().includes(id.toLowerCase())
  );
}

function firstWords(element: Element, most: number): string {
  return `${labelsOf(element)} ${textOf(element, most)}`;
}

/** Why a part of a page is front or back matter by its type; undefined when it is read, or has something in it that is. */
export function matterIn(element: Element): string | undefined {
  if (!/^(?:section|div|article|aside|header|footer)$/.test(element.tagName)) return undefined;
  const types = typesOf(element);
  const why = types.length === 0 ? undefined : omissionReason({ types, title: '' });
  if (why === undefined) return undefined;
  for (const inner of elementsOf(element)) if (isReadType(typesOf(inner))) return undefined;
  return `part ${why}`;
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
