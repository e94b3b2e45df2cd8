/** Links between the pages of a manuscript. */

/** Resolves a link in a document to a name in the archive, without its fragment. Safe: the name is only looked up in the archive. */
export function resolveName(from: string, href: string): string {
  const path = href.split('#')[0]!;
  const parts = path.startsWith('/') || path === '' ? [] : from.split('/').slice(0, -1);
  if (path === '') return from;
  for (const part of decoded(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** The fragment of a link, percent-decoded; empty when there is none. */
export function fragmentOf(href: string): string {
  const at = href.indexOf('#');
  return at < 0 ? '' : decoded(href.slice(at + 1));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
