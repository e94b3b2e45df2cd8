/** Decides what of a page is not read aloud, and says why. Pure. */

import { attribute, type Element, elementsOf, isElement, type Node, textOf } from '../markup/markup.ts';
import { isReadType, omissionReason } from '../matter/matter-types.ts';
import { typesOf } from './element-types.ts';
import { isMarkText, isRaisedMark, type RaisedOrLowered } from './note-shapes.ts';

/** Why this element, with its place above or below the line, is not read aloud, in the singular; undefined when it is read. */
export function omissionOf(element: Element, place?: RaisedOrLowered): string | undefined {
  const name = element.tagName;
  const types = typesOf(element);
  if (NAMES[name] !== undefined) return NAMES[name];
  if (isPageNumber(element, types)) return 'page number';
  if (name === 'del' && isReplaced(element)) return 'deleted text';
  if (OF_SITE.test(attribute(element, 'class'))) return 'navigation list';
  if (place === 'raised' && (isRaisedMark(element) || isRaisedLink(element))) return 'note mark';
  return isHidden(element) ? 'hidden text' : undefined;
}

/** What a wiki puts around its texts: links to edit them, and what it leaves out when it exports a book. */
const OF_SITE = /(?:^|\s)(?:mw-editsection|mw-jump-link|ws-noexport|ws-header)(?:\s|$)/;

/** Whether an insertion stands beside a deletion: then it is a tracked change, and no line through words that are to be read. */
function isReplaced(deletion: Element): boolean {
  const around = deletion.parent?.childNodes ?? [];
  const beside = (step: 1 | -1): Node | undefined => {
    let at = deletion.index + step;
    while (around[at] !== undefined && !isElement(around[at]!) && /^\s*$/.test((around[at] as { value: string }).value))
      at += step;
    return around[at];
  };
  return [beside(1), beside(-1)].some((node) => node !== undefined && isElement(node, 'ins'));
}

/** Classes and IDs of places where a printed page begins. */
const PAGE_CLASS =
  /(?:^|\s)(?:(?:x-?)?(?:(?:ebookmaker|epub|print|book)[-_]?)?(?:page|pg)(?:[-_]?(?:num|number|break|no|nr|marker|mark|start|begin|ref|id))?s?|pb|folio|(?:num[-_]?)?(?:p[áa]gina|pag)|seite(?:n?[-_]?(?:zahl|nummer|nr|umbruch))?|页码|頁碼)(?:\s|$)/;
const PAGE_ID = /^(?:page|pg|p|pagenum|pb)[-_]?(\d{1,5}|[ivxlc]{1,8})$/i;
/** Nothing but the number of a page, perhaps with the word "page" or brackets: what such a marker may hold. */
const PAGE_NUMBER =
  /^[[({<|–—-]*\s*(?:(?:page|pages|pg|pp?|seite|s|página|pagina|pág|pag|стр|страница|trang|hal|halaman|页|頁)\.?\s*|第)?(?:\d{1,5}|[ivxlcdm]{1,8})\s*(?:(?:of|von|de|sur|di|из|dari|\/)\s*\d{1,5}\s*)?(?:页|頁|ページ|쪽)?\s*[\])}>|–—.-]*$/iu;
const LONGEST_PAGE_NUMBER = 60;

/** Whether it marks a page of the print: only when it holds no more than a number, as real text may begin a page, too. */
export function isPageNumber(element: Element, types: readonly string[]): boolean {
  const name = element.tagName;
  const id = PAGE_ID.exec(attribute(element, 'id') || (name === 'a' ? attribute(element, 'name') : ''))?.[1];
  const isMarked =
    types.includes('pagebreak') ||
    name === 'pagenum' ||
    PAGE_CLASS.test(attribute(element, 'class').toLowerCase()) ||
    id !== undefined;
  if (!isMarked || /^(?:html|body|h[1-6])$/.test(name)) return false;
  // A label repeats the number, or stands for it.
  const texts = [labelsOf(element), textOf(element, LONGEST_PAGE_NUMBER + 1)].map((one) => one.trim());
  const text = texts.find((one) => one !== '');
  if (text === undefined) return types.includes('pagebreak') && element.childNodes.length === 0;
  if (texts.some((one) => one.length > LONGEST_PAGE_NUMBER || (one !== '' && !PAGE_NUMBER.test(one)))) return false;
  if (elementsOf(element, 'h1', 'h2', 'h3', 'h4', 'h5', 'h6').next().done === false) return false;
  // An ID alone may be that of a paragraph: its text must be the same number.
  return (
    types.includes('pagebreak') ||
    name === 'pagenum' ||
    id === undefined ||
    text.toLowerCase().includes(id.toLowerCase())
  );
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
  const isNoText = NO_TEXT.test(element.tagName);
  const inside = (isNoText ? textOfHead(element) : element.childNodes).map((node) =>
    'value' in node ? node.value : insideText(node),
  );
  return (isNoText ? '' : labelsOf(element)) + inside.join('');
}

/** Never text, and no part of the account either. */
export const NO_TEXT = /^(?:head|script|style)$/;

/** What HTML allows in a head; anything else ends it, also where its end is not written (HTML, 13.2.6.4.4). */
const OF_HEAD = /^(?:title|base|meta|link|style|script|noscript|template)$/;

/** The nodes of a head after its end; none for another element. */
export function textOfHead({ tagName, childNodes }: Element): readonly Node[] {
  if (tagName !== 'head') return [];
  const from = childNodes.findIndex((node) => (isElement(node) ? !OF_HEAD.test(node.tagName) : /\S/.test(node.value)));
  return from < 0 ? [] : childNodes.slice(from);
}

/** The words of an element's attributes: its `aria-label`, then its `alt`. */
export function labelsOf(element: Element): string {
  return ['aria-label', 'alt']
    .map((name) => attribute(element, name))
    .filter((label) => label !== '')
    .join(' ');
}

/** A raised link that is no more than a mark, wherever it leads. */
function isRaisedLink(element: Element): boolean {
  return isMarkText(element) && elementsOf(element, 'a').next().done === false;
}

/** How an element's own style shows it, against what a style sheet says: `display: block`, `visibility: visible`. */
export function ownDisplay(element: Element): string | undefined {
  return /(?:^|;)\s*(?:display|visibility)\s*:\s*([\w-]+)/i.exec(attribute(element, 'style'))?.[1]?.toLowerCase();
}

function isHidden(element: Element): boolean {
  return element.attrs.some(
    ({ name, value }) =>
      name === 'hidden' ||
      (name === 'style' && /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(value)) ||
      (name === 'aria-hidden' && value === 'true'),
  );
}
