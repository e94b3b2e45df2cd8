/** English that is left on a Chinese page. */
import type { Page } from 'playwright-core';

/** Titles and people of the invented books. */
const NAMES = [
  'The Tin Lighthouse',
  'What the Keeper Knew',
  'Ninety-one Steps',
  'The Keeper',
  'the old man',
  'The Lamp',
  'A. Keeper',
];

/** Runs in the page; a text, because this file is also compiled without the browser's types. */
const ALL_TEXTS = `(() => {
  // The author's words, names, titles and files.
  const OWN = '.words, .speaker, .text-link, .contents, .context-line, .quotation, textarea, option, script, style, .error-list pre';
  const all = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (all.nextNode()) {
    const at = all.currentNode.parentElement;
    if (at === null || at.closest(OWN) !== null) continue;
    const text = all.currentNode.textContent;
    // What a check of the manifest quotes: words and lists of fields.
    const isPrinted = at.closest('.error-list, pre') !== null;
    found.push(isPrinted ? text.replace(/“[^”]*”|\\w+(?:, \\w+)+/g, '') : text);
  }
  // What a screen reader says and a pointer shows.
  for (const name of ['aria-label', 'title', 'placeholder'])
    for (const one of document.body.querySelectorAll('[' + name + ']'))
      if (one.closest(OWN) === null) found.push(one.getAttribute(name));
  return found;
})()`;

/** What reads like an English sentence, apart from the book's own words and names. */
export async function latinSentences(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(ALL_TEXTS);
  const withoutNames = (text: string): string =>
    NAMES.reduce((rest, name) => rest.replaceAll(name, '…'), text.replace(/pipeline \w+/g, '…'));
  return texts.filter((text) => /[A-Za-z]{2,}(?:[,.]? [A-Za-z]{2,})+/.test(withoutNames(text)));
}
