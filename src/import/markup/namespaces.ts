/** Prefixes in scope and the namespaces that they stand for. */
export type Scope = ReadonlyMap<string, string>;

/** Namespace → the prefix that this program knows it by; empty for the names of books themselves. */
const PREFIXES: Readonly<Record<string, string>> = {
  'http://www.w3.org/1999/xhtml': '',
  'http://www.idpf.org/2007/opf': '',
  'http://openebook.org/namespaces/oeb-package/1.0/': '',
  'http://www.daisy.org/z3986/2005/ncx/': '',
  'http://www.daisy.org/z3986/2005/dtbook/': '',
  'urn:oasis:names:tc:opendocument:xmlns:container': '',
  'http://www.w3.org/2000/svg': '',
  'http://www.w3.org/1998/math/mathml': '',
  'http://www.w3.org/2001/04/xmlenc#': '',
  'http://schemas.openxmlformats.org/package/2006/relationships': '',
  'http://www.idpf.org/2007/ops': 'epub',
  'http://www.w3.org/1999/xlink': 'xlink',
  'http://purl.org/dc/elements/1.1/': 'dc',
  'http://purl.org/dc/elements/1.0/': 'dc',
  'http://schemas.openxmlformats.org/wordprocessingml/2006/main': 'w',
  'http://purl.oclc.org/ooxml/wordprocessingml/main': 'w',
  'http://schemas.openxmlformats.org/markup-compatibility/2006': 'mc',
  'http://schemas.openxmlformats.org/officedocument/2006/math': 'm',
  'http://purl.oclc.org/ooxml/officedocument/math': 'm',
  'urn:oasis:names:tc:opendocument:xmlns:office:1.0': 'office',
  'urn:oasis:names:tc:opendocument:xmlns:text:1.0': 'text',
  'urn:oasis:names:tc:opendocument:xmlns:style:1.0': 'style',
  'urn:oasis:names:tc:opendocument:xmlns:drawing:1.0': 'draw',
  'urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0': 'svg',
  'urn:oasis:names:tc:opendocument:xmlns:meta:1.0': 'meta',
  'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0': 'manifest',
  'http://openoffice.org/2001/manifest': 'manifest',
  'http://schemas.openxmlformats.org/drawingml/2006/main': 'a',
  'http://purl.oclc.org/ooxml/drawingml/main': 'a',
};

/**
 * Names of an element and its attributes as this program knows them: a file may choose any prefix for a namespace (`ns0:item`
 * for `item`). A prefix that nobody declares stays as it is. Pure.
 */
export function canonicalNames(
  name: string,
  attributes: Readonly<Record<string, string>>,
  outer: Scope,
): { tagName: string; attrs: { name: string; value: string }[]; scope: Scope } {
  const entries = Object.entries(attributes);
  const declared = entries.filter(([key]) => key === 'xmlns' || key.startsWith('xmlns:'));
  const scope = declared.length === 0 ? outer : new Map(outer);
  for (const [key, value] of declared) (scope as Map<string, string>).set(key.slice('xmlns:'.length), value.trim());
  return {
    tagName: canonical(name, scope, true),
    attrs: entries.map(([key, value]) => ({ name: canonical(key, scope, false), value })),
    scope,
  };
}

function canonical(name: string, scope: Scope, isElement: boolean): string {
  const colon = name.indexOf(':');
  // An attribute without a prefix is in no namespace.
  if (colon < 0 && !isElement) return name;
  const space = scope.get(colon < 0 ? '' : name.slice(0, colon));
  const prefix = space === undefined ? undefined : PREFIXES[space.toLowerCase()];
  if (prefix === undefined) return name;
  const local = colon < 0 ? name : name.slice(colon + 1);
  return prefix === '' ? local : `${prefix}:${local}`;
}
