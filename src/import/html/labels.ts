/** Letters that are not text: an initial or a rare character as a picture, or a word divided for its look. Pure. */
import { attribute, type Element, elementsOf, isElement, type Node, textOf } from '../markup/markup.ts';
import { typesOf } from './element-types.ts';
import { insideText, isPageNumber } from './omissions.ts';

const HINT = /drop-?cap|initial|lettrine|first-?letter|versal|gaiji|glyph|char\b/i;
const LETTERS = /^[\p{L}\p{M}\p{N}'’“”"‘«「]+$/u;
const LONGEST = 24;
/** A description of a drawn initial: "Drop cap letter W", "W – initial". */
const INITIAL =
  /^(?:(?:an?|the|drop-?|cap(?:ital)?s?|dropcap|initial|decorat(?:ive|ed)|ornate|ornamental|illuminated|illustrated|large|letter|versal|lettrine|lettre|buchstabe|letra|lettera|буква|буквица)[\s:–—-]*){1,4}\s["“'‘]?(\p{L})["”'’]?$/iu;

/** The `alt` or `aria-label` that is read in place of an element; undefined when the element is read, or nothing of it. */
export function labelRead(element: Element, before: string): string | undefined {
  const name = element.tagName;
  if (name === 'img' || name === 'image' || name === 'svg') {
    const alt = attribute(element, 'alt') || attribute(element, 'aria-label');
    if (isDrawnHeading(element, alt)) return alt;
    const label = INITIAL.exec(alt)?.[1] ?? alt;
    return isLetters(label) && standsInText({ element, label, before }) ? label : undefined;
  }
  const label = attribute(element, 'aria-label');
  if (!isLetters(label) || !/^(?:span|b|i|em|strong|a|small)$/.test(name)) return undefined;
  if (isPageNumber(element, typesOf(element))) return undefined;
  const isPicture = attribute(element, 'role') === 'img' && element.childNodes.length === 0;
  if (isPicture) return standsInText({ element, label, before }) ? label : undefined;
  const inside = lettersIn(
    element.childNodes.map((node) => ('value' in node ? node.value : insideText(node))).join(''),
  );
  return inside !== '' && inside.toLowerCase() === lettersIn(label).toLowerCase() ? label : undefined;
}

const LONGEST_HEADING = 100;
const OF_PICTURE =
  /\b(?:image|picture|photo\w*|illustrations?|ornament\w*|logo\w*|cover|decorat\w+|vignette|divider|drawing|map|icon|banner)\b|\.(?:jpe?g|png|gif|svg)$/i;

/** Whether a picture is all that a heading has: its description is the title, unless it describes a picture. */
function isDrawnHeading(element: Element, alt: string): boolean {
  if (alt.length > LONGEST_HEADING || !/[\p{L}\p{N}]/u.test(alt) || OF_PICTURE.test(alt)) return false;
  let around = element.parent;
  for (; around && !BLOCK.test(around.tagName); around = around.parent);
  if (around === undefined || !/^h[1-6]$/.test(around.tagName) || /[\p{L}\p{N}]/u.test(textOf(around))) return false;
  return [...elementsOf(around, 'img', 'image', 'svg')].length === 1;
}

function isLetters(label: string): boolean {
  return label.length <= LONGEST && LETTERS.test(label) && /[\p{L}\p{N}]/u.test(label);
}

function lettersIn(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Whether a picture stands in a word or for a character: it touches a letter, or its class says so. */
function standsInText({ element, label, before }: { element: Element; label: string; before: string }): boolean {
  const after = textAfter(element);
  const touches = /[\p{L}\p{N}]$/u.test(before) || /^[\p{L}\p{N}’']/u.test(after);
  if (HINT.test(`${attribute(element, 'class')} ${attribute(element, 'role')}`))
    return before.trim() !== '' || after.trim() !== '';
  if ([...label].length === 1 && before.trim() === '' && /^\p{Lu}$/u.test(label)) {
    // "I was late" with a drawn I; or its own paragraph, before one that goes on in lowercase.
    if (/^\s\s*\p{Ll}/u.test(after) || (after === '' && /^\s*\p{Ll}/u.test(nextParagraph(element)))) return true;
  }
  if (!touches) return false;
  // One letter, or the beginning of a word; "Map" before "The old house" is neither.
  return [...label].length === 1 || /[\p{L}\p{N}]$/u.test(before) || /^\p{Ll}/u.test(after);
}

const BLOCK = /^(?:p|div|li|td|th|dd|dt|blockquote|section|aside|body|h[1-6]|tr)$/;

/** The first characters behind an element in its paragraph. */
function textAfter(element: Element): string {
  for (let at = element; at.parent && !BLOCK.test(at.tagName); at = at.parent) {
    for (let index = at.index + 1; index < at.parent.childNodes.length; index++) {
      const next = at.parent.childNodes[index]!;
      if (isElement(next) && (BLOCK.test(next.tagName) || /^(?:hr|br|table|ul|ol|dl|figure)$/.test(next.tagName)))
        return '';
      const text = firstWords(next);
      if (text !== '') return text;
    }
  }
  return '';
}

/** How the block behind the one of this element begins. */
function nextParagraph(element: Element): string {
  let block: Element | undefined = element;
  while (block && !BLOCK.test(block.tagName)) block = block.parent;
  for (let index = (block?.index ?? 0) + 1; block?.parent && index < block.parent.childNodes.length; index++) {
    const text = firstWords(block.parent.childNodes[index]!);
    if (text.trim() !== '') return text;
  }
  return '';
}

function firstWords(node: Node): string {
  if (!isElement(node)) return node.value.slice(0, 20);
  if (node.tagName === 'br') return '\n';
  for (const child of node.childNodes) {
    const text = firstWords(child);
    if (text !== '') return text;
  }
  return '';
}
