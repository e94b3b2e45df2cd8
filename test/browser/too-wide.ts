/** What long words do to a page: which parts are wider than their place, or cut off. */
import type { Page } from 'playwright-core';

/** A word without a place to break it. */
export const LONG_WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

/** Fields of the APIs that people, files or services fill with words. */
const WORDED =
  /^(title|author|by|character|characters|name|aliases|text|words|say|direction|speaker|narrator|file|folder|path|model|voice|machine|worker|book|message|detail|difference|note|notes|reason|status|en|zh|cast)$/;

/** The same value, in which each text of such a field ends in a long word. Ids, kinds and numbers stay. */
export function lengthened<T>(value: T, field = ''): T {
  if (typeof value === 'string') return (WORDED.test(field) && value !== '' ? `${value} ${LONG_WORD}` : value) as T;
  if (Array.isArray(value)) return value.map((one) => lengthened(one, field)) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, lengthened(one, key)])) as T;
}

/** Lets a page have its answers with long words; to be called before it is opened. */
export async function withLongWords(page: Page): Promise<void> {
  await page.route(/\/(studio\/api|v1)\/(?!events)/, async (route) => {
    const response = await route.fetch();
    const isJson = response.headers()['content-type']?.startsWith('application/json') ?? false;
    await route.fulfill({ response, ...(isJson && { json: lengthened(await response.json()) }) });
  });
}

/**
 * What is wider than the window, or lies over what is beside it, or is cut off without a sign; empty when all fits. Parts that scroll by
 * themselves, and words for a screen reader alone, are left out.
 */
export function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`the page: ${root.scrollWidth} of ${innerWidth}`);
    // A function with a name would need a helper that tsx adds, and which is not in the page.
    for (const one of document.body.querySelectorAll('*')) {
      if (one instanceof SVGElement || one.closest('svg, option, datalist') !== null) continue;
      const { overflowX, textOverflow, clipPath, visibility, display } = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      if (clipPath !== 'none' || visibility === 'hidden' || box.width < 2 || display === 'inline') continue;
      let outer = one.parentElement;
      while (outer !== null && !/auto|scroll/.test(getComputedStyle(outer).overflowX)) outer = outer.parentElement;
      if (outer !== null || /auto|scroll/.test(overflowX) || textOverflow === 'ellipsis') continue;
      const isOutside = box.right > innerWidth + 1 || box.left < -1;
      const isOver = one.scrollWidth > one.clientWidth + 2;
      if (!isOutside && !isOver) continue;
      const name = `${one.tagName.toLowerCase()}${one.className === '' ? '' : `.${[...one.classList].join('.')}`}`;
      found.push(
        `${name}: ${Math.round(box.left)} to ${Math.round(box.right)}, ${one.scrollWidth} of ${one.clientWidth}`,
      );
    }
    return [...new Set(found)].slice(0, 12);
  });
}
