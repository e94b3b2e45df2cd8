import { lettersOf } from './letters.ts';
import { readTokens } from './tokens.ts';

/** What is no text of a page, wherever it is. */
const NO_TEXT = new Set(['head', 'script', 'style']);
/** What may be in a head; another tag ends it, where its own end is not written. */
const OF_HEAD = new Set(['title', 'base', 'meta', 'link', 'style', 'script', 'noscript', 'template']);

/** Of those, the ones with an end tag. */
const HOLDS_MORE = new Set(['title', 'style', 'script', 'noscript', 'template']);

/**
 * The letters of an XHTML page in their order: its texts, and where an element has an `aria-label` or an `alt`, those before
 * what is in it. Pure.
 */
export function pageLetters(markup: string): string {
  const parts: string[] = [];
  let outside: string | undefined;
  let depth = 0;
  /** Elements of the head that are open: what is in them does not end it. */
  let inHead = 0;
  const local = localNames(markup);
  readTokens(markup, {
    open(named, attributes, closed) {
      const name = local(named);
      if (outside === 'head' && inHead === 0 && name !== 'head' && !OF_HEAD.has(name)) outside = undefined;
      if (outside === 'head' && HOLDS_MORE.has(name) && !closed) inHead++;
      if (outside !== undefined) {
        if (name === outside && !closed) depth++;
      } else if (NO_TEXT.has(name)) {
        if (!closed) [outside, depth] = [name, 1];
      } else {
        for (const label of ['aria-label', 'alt']) parts.push(lettersOf(attributes.get(label) ?? ''));
      }
    },
    close(named) {
      const name = local(named);
      if (outside === 'head' && HOLDS_MORE.has(name)) inHead = Math.max(0, inHead - 1);
      if (name === outside && --depth === 0) outside = undefined;
    },
    text(text) {
      if (outside === 'head' && inHead === 0 && /\S/.test(text)) outside = undefined;
      if (outside === undefined) parts.push(lettersOf(text));
    },
    rest(text) {
      parts.push(lettersOf(text));
    },
  });
  return parts.join('');
}

/** Names without the prefix that a page may have for XHTML: `ns0:head`. */
function localNames(markup: string): (name: string) => string {
  const declared = markup.matchAll(/\sxmlns:([\w.-]+)\s*=\s*["']\s*http:\/\/www\.w3\.org\/1999\/xhtml\s*["']/g);
  const prefixes = new Set([...declared].map(([, prefix]) => prefix!.toLowerCase()));
  if (prefixes.size === 0) return (name) => name;
  return (name) => {
    const [prefix, rest] = name.split(':');
    return rest !== undefined && prefixes.has(prefix!) ? rest : name;
  };
}
