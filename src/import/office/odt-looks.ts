/** How the paragraphs of an OpenDocument text look: by their styles and those of their spans. Pure. */
import { attribute, type Element, isElement } from '../markup/markup.ts';
import { type Look, type LookOfRun, lookOfRuns } from './look.ts';
import type { OdtLook, OdtStyles } from './odt-styles.ts';

/** Looks at the paragraphs in their order: one behind a break, also in an empty paragraph, begins a page. */
export function odtLooks(paragraphs: readonly Element[], styles: OdtStyles): Look[] {
  let isNewPage = false;
  return paragraphs.map((paragraph) => {
    const style = attribute(paragraph, 'text:style-name');
    const base = styles.lookOf(style);
    const runs: LookOfRun[] = [];
    collect(paragraph, base, { runs, styles });
    const hasText = runs.some(({ letters }) => letters > 0);
    const startsPage = isNewPage || base.breaks === 'before';
    isNewPage = (!hasText && startsPage) || base.breaks === 'after';
    return { ...lookOfRuns(runs), isCentered: base.isCentered === true, startsPage: hasText && startsPage, style };
  });
}

const ELSEWHERE = new Set(['text:note', 'office:annotation', 'draw:frame', 'draw:custom-shape']);

function collect(element: Element, look: OdtLook, to: { runs: LookOfRun[]; styles: OdtStyles }): void {
  for (const child of element.childNodes) {
    if (!isElement(child)) {
      const { sizePoints, isBold = false, isCapitals = false } = look;
      to.runs.push({ letters: child.value.trim().length, sizePoints, isBold, isCapitals });
    } else if (!ELSEWHERE.has(child.tagName)) {
      const style = child.tagName === 'text:span' ? attribute(child, 'text:style-name') : '';
      collect(child, style === '' ? look : { ...look, ...to.styles.wordsOf(style) }, to);
    }
  }
}
