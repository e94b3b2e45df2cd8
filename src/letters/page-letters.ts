import { lettersOf } from './letters.ts';
import { readTokens } from './tokens.ts';

/** What is no text of a page, wherever it is. */
const NO_TEXT = new Set(['head', 'script', 'style']);
/** What may be in a head; another tag ends it, where its own end is not written. */
const OF_HEAD = new Set(['title', 'base', 'meta', 'link', 'style', 'script', 'noscript', 'template']);

/**
 * The letters of an XHTML page in their order: its texts, and where an element has an `aria-label` or an `alt`, those before
 * what is in it. Pure.
 */
export function pageLetters(markup: string): string {
  const parts: string[] = [];
  let outside: string | undefined;
  let depth = 0;
  readTokens(markup, {
    open(name, attributes, closed) {
      if (outside === 'head' && name !== 'head' && !OF_HEAD.has(name)) outside = undefined;
      if (outside !== undefined) {
        if (name === outside && !closed) depth++;
      } else if (NO_TEXT.has(name)) {
        if (!closed) [outside, depth] = [name, 1];
      } else {
        for (const label of ['aria-label', 'alt']) parts.push(lettersOf(attributes.get(label) ?? ''));
      }
    },
    close(name) {
      if (name === outside && --depth === 0) outside = undefined;
    },
    text(text) {
      if (outside === undefined) parts.push(lettersOf(text));
    },
  });
  return parts.join('');
}
