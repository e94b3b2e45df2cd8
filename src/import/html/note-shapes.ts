/** What notes and their marks look like in markup that does not say what they are. Pure. */
import { attribute, type Element, isElement, type Node, textOf } from '../markup/markup.ts';

/** Classes of notes and of lists of notes. */
export const NOTE_CLASS =
  /(?:^|[\s_-])(?:(?:foot|end|rear)[-_]?notes?(?:[-_]?(?:text|body|content|entry|item|block|para|list|section|area|page))?s?|fn(?:text|body|ote)?|notetext|msofootnotetext|msoendnotetext)\d*(?=\s|$|[-_]end|[-_]of|[-_]\d)/i;

/** Classes of note marks. */
export const MARK_CLASS =
  /(?:note|fn)[-_]?(?:ref(?:erence)?|call|mark|link|anchor|num(?:ber)?)|(?:^|\s)(?:fn|(?:foot|end)?note|appel)\d*(?:\s|$)/i;

/** Titles of pages and parts that hold notes. */
export const NOTES_TITLE =
  /^\s*(?:(?:foot|end)?notes?|notes (?:and|to|on|for) .{1,60}|references?|anmerkungen|fu(?:ß|ss)noten|endnoten|notes de (?:bas de page|fin)|notas(?: (?:al pie|de rodapé|finales))?|note(?: a piè di pagina)?|примечания|сноски|注释|註釋|注解|脚注|腳註|注|각주|미주|catatan(?: kaki)?)\s*$/iu;

/** A footnote mark: a number, asterisks or a letter, perhaps in brackets. */
const MARK = /^[[({]?(?:\d{1,4}|[*†‡§¶]{1,4}|[a-z]|[ivxlc]{1,6})[\])}]?$/i;
/** Longest text that may match it, with spaces around: marks are nested at will, but short. */
const LONGEST_MARK = 100;

/** Whether the text of an element looks like a note mark. */
export function isMarkText(element: Element): boolean {
  return MARK.test(textOf(element, LONGEST_MARK + 1));
}

const BLOCK = /^(?:p|div|li|td|th|dd|dt|blockquote|section|aside|body|h[1-6]|tr)$/;

/** The last characters before an element in its paragraph; empty when nothing is said there before it. */
export function textBefore(element: Element): string {
  let text = '';
  for (let at = element; at.parent && !BLOCK.test(at.tagName); at = at.parent) {
    const siblings = at.parent.childNodes;
    for (let index = at.index - 1; index >= 0; index--) {
      const sibling = siblings[index]!;
      if (isElement(sibling) && BLOCK.test(sibling.tagName)) return '';
      text = lastWords(sibling) + text;
      if (/[\p{L}\p{N}]/u.test(text)) return text.trimEnd().slice(-40);
    }
  }
  return '';
}

function lastWords(node: Node): string {
  if (!isElement(node)) return node.value.slice(-1000);
  let text = '';
  for (let index = node.childNodes.length - 1; index >= 0 && text.length < 100; index--)
    text = lastWords(node.childNodes[index]!) + text;
  return text;
}

/**
 * Whether a raised number without a link is a note mark: it stands behind a word of three letters or more, or behind the
 * punctuation of a sentence. Behind a digit, a sign or a unit it is an exponent: 10⁶, x², km².
 */
export function isRaisedMark(element: Element): boolean {
  return isRaisedMarkText(textOf(element, LONGEST_MARK + 1), textBefore(element));
}

/** The same for a raised text and what stands before it in its paragraph. */
export function isRaisedMarkText(text: string, before: string): boolean {
  // Behind a sentence also a letter; behind a short word it is the end of an abbreviation: "Sr.ª".
  if (/^[a-z]$/.test(text)) return /(?:\p{L}{4}[.…]|\p{L}[!?]|\p{L}[.,!?…][”’"»])$/u.test(before);
  if (!/^[[(]?(?:\d{1,3}|[*†‡§¶]{1,4})(?:\s?,\s?\d{1,3})*[\])]?$/.test(text)) return false;
  return (
    /[*†‡§¶]/.test(text) ||
    /(?:\p{L}{3}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\p{L}\p{N}][.,;:!?…”’"'»。，！？」』）]+|\p{L}{3}\))$/u.test(
      before,
    )
  );
}

/** The note marks among the raised digits (`¹`) of a text. `before`: what stands before it in its paragraph. */
export function raisedMarks(text: string, before: string): { start: number; end: number }[] {
  if (!/[⁰¹²³⁴-⁹]/.test(text)) return [];
  return [...text.matchAll(/[⁰¹²³⁴-⁹]{1,3}(?![⁰¹²³⁴-⁹₀-₉\p{L}\p{N}/⁄])/gu)].flatMap(({ 0: raised, index: start }) => {
    const digits = raised.replace(/./g, (one) => String(RAISED.indexOf(one)));
    const isMark = isRaisedMarkText(digits, (before + text.slice(0, start)).slice(-40));
    return isMark ? [{ start, end: start + raised.length }] : [];
  });
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const LOWERED = '₀₁₂₃₄₅₆₇₈₉';

/** Above or below the line. */
export type RaisedOrLowered = 'raised' | 'lowered';

const PLACE_CLASS =
  /(?<raised>(?:^|[\s_-])(?:superscript|exposant|hochgestellt)|(?:^|\s)(?:super|sup))\d{0,2}(?:\s|$)|(?<lowered>(?:^|[\s_-])(?:subscript|tiefgestellt)|(?:^|\s)sub)\d{0,2}(?:\s|$)/i;
const PLACE_STYLE = /(?:^|;)\s*vertical-align\s*:\s*(?:(?<raised>super)|(?<lowered>sub))\b/i;
/** Elements in a line, which can be raised. */
const INLINE = /^(?:a|b|em|font|i|small|span|strong)$/;

/** Where a short text stands: by its element, its class, its own style or, last, the style sheets of the book. */
export function placeOfText(
  element: Element,
  bySheets?: (element: Element) => RaisedOrLowered | undefined,
): RaisedOrLowered | undefined {
  if (element.tagName === 'sup') return 'raised';
  if (element.tagName === 'sub') return 'lowered';
  if (!INLINE.test(element.tagName)) return undefined;
  const own = (PLACE_STYLE.exec(attribute(element, 'style')) ?? PLACE_CLASS.exec(attribute(element, 'class')))?.groups;
  const place = own ? (own['raised'] === undefined ? 'lowered' : 'raised') : bySheets?.(element);
  return place && /^[^\p{L}]{1,12}$/u.test(textOf(element, LONGEST_MARK + 1)) ? place : undefined;
}

/** Digits above or below the line as characters, so that 10⁶ is not read as 106; undefined for any other text, which is read as it is. */
export function raisedText(element: Element, place: RaisedOrLowered): string | undefined {
  return raisedDigits(textOf(element, LONGEST_MARK + 1).trim(), place);
}

/** The same for a text of digits, perhaps with a sign. */
export function raisedDigits(text: string, as: RaisedOrLowered): string | undefined {
  if (!/^[-−–+]?\d{1,4}$/.test(text)) return undefined;
  const digits = as === 'raised' ? RAISED : LOWERED;
  const [minus, plus] = as === 'raised' ? '⁻⁺' : '₋₊';
  return text
    .replace(/\d/g, (digit) => digits[Number(digit)]!)
    .replace(/[-−–]/, minus!)
    .replace('+', plus!);
}
