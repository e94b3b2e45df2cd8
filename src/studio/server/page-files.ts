/** The files of the built page. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The page. */
export interface PageFiles {
  /** A file by its path, such as `/assets/index-3f2a.js`; undefined when the page has none of that name. */
  file(path: string): Promise<Response | undefined>;
  /** The HTML, for every address of the page. `place`: what the page is to show; absent: one book. */
  html(place?: 'books'): Promise<Response>;
}

/** Reads the files in `folder`, which the build made; where it is missing, the page says so. Only files that are there are served. */
export async function openPageFiles(folder: string): Promise<PageFiles> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = new Map(
    entries.flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      return entry.isFile() ? [[path.slice(folder.length).replaceAll('\\', '/'), path] as const] : [];
    }),
  );
  const send = async (path: string, cache: string): Promise<Response> => {
    const bytes = await readFile(path);
    return new Response(new Uint8Array(bytes), {
      headers: { 'content-type': typeOf(path), 'cache-control': cache },
    });
  };
  return {
    file: async (path) => {
      const found = path === '/index.html' ? undefined : names.get(path);
      // The build names these files by their content.
      return found === undefined ? undefined : send(found, 'private, max-age=31536000, immutable');
    },
    html: async (place) => {
      const index = names.get('/index.html');
      const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' };
      if (index !== undefined && place === undefined) return send(index, 'no-store');
      if (index !== undefined)
        return new Response((await readFile(index, 'utf8')).replace('<html ', `<html data-place="${place}" `), {
          headers,
        });
      return new Response(NOT_BUILT, { status: 503, headers });
    },
  };
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
};

function typeOf(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The page of the studio is not built</title>
<h1>The page of the studio is not built</h1>
<p>Run <code>npm run build</code> in the program's folder, then start <code>pipeline review</code> again.</p>
<p>The server itself is running: its answers are below <a href="/studio/api/book">/studio/api/book</a>.</p>
</html>
`;
