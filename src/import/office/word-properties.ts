/** What the properties of a run or a content control of Word say about its words. Pure. */
import { attribute, type Element, elementsOf, isElement } from '../markup/markup.ts';

/** Whether Word keeps its own table of contents in this content control. */
export function isContentsList(element: Element): boolean {
  const gallery = elementsOf(element, 'w:docpartgallery').next();
  return !gallery.done && /^table of contents$/i.test(attribute(gallery.value, 'w:val'));
}

/** "Click here to enter text.": what Word shows as long as nobody has written there (ECMA-376, 17.5.2.39). */
export function isPlaceholder(control: Element): boolean {
  const properties = control.childNodes.find((node) => isElement(node, 'w:sdtpr'));
  if (properties === undefined || !isElement(properties)) return false;
  const shown = properties.childNodes.find((node) => isElement(node, 'w:showingplchdr'));
  return shown !== undefined && isElement(shown) && !/^(?:0|false|off)$/.test(attribute(shown, 'w:val'));
}

/** Whether the author has hidden this text in the word processor. */
export function isHidden(run: Element): boolean {
  const properties = run.childNodes.find((node) => isElement(node, 'w:rpr'));
  if (properties === undefined || !isElement(properties)) return false;
  const vanish = elementsOf(properties, 'w:vanish').next().value;
  return vanish !== undefined && !/^(?:0|false|off)$/.test(attribute(vanish, 'w:val'));
}
