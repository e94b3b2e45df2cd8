/** The built page, and the policy that a studio serves it with. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

/** As the studio's server sends it. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "form-action 'none'",
].join('; ');

const BUILT = 'dist/src/studio/page';
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css', html: 'text/html' };

/** A file of the page by its address; undefined when there is none. */
export function pageFile(path: string): { bytes: Buffer; type: string } | undefined {
  const isView = /^\/($|chapters\/\d+$|suspects$)/.test(path);
  const name = isView ? 'index.html' : normalize(path.slice(1));
  const type = TYPES[name.split('.').at(-1) ?? ''];
  if (type === undefined || name.startsWith('..')) return undefined;
  try {
    return { bytes: readFileSync(join(BUILT, name)), type };
  } catch {
    return undefined;
  }
}
