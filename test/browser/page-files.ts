/** The built page. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

const BUILT = 'dist/src/studio/page';
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' };

/** A file of the page by its address; undefined when there is none. */
export function pageFile(path: string): { bytes: Buffer; type: string } | undefined {
  const isView = /^\/($|books$|chapters\/\d+$|suspects$|attributions$|proposals$)/.test(path);
  const name = isView ? 'index.html' : normalize(path.slice(1));
  const type = TYPES[name.split('.').at(-1) ?? ''];
  if (type === undefined || name.startsWith('..')) return undefined;
  try {
    const bytes = readFileSync(join(BUILT, name));
    if (path !== '/books') return { bytes, type };
    return { bytes: Buffer.from(bytes.toString().replace('<html ', '<html data-place="books" ')), type };
  } catch {
    return undefined;
  }
}
