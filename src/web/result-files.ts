/** The files of a finished book: the list, and one file or a range of it. */
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { mediaTypeOf } from '../deliver/media-types.ts';
import { findLink } from '../store/no-links.ts';
import { isAddress } from '../watch/file-names.ts';
import type { BookView, InboxView } from '../watch/view.ts';
import { rangeOf } from './byte-range.ts';
import { ProblemError } from './problem.ts';

/** A file of a book. */
export interface ResultFile {
  /** Path in the book's folder, with `/` between the parts. */
  name: string;
  bytes: number;
  type: string;
}

/** Levels of folders in the book's folder; deliveries have at most one. */
const MAX_DEPTH = 3;

/** The files by name; none before delivery. Throws a `ProblemError` for a book that was delivered to S3. */
export async function listResults(view: InboxView, book: BookView): Promise<ResultFile[]> {
  if (book.delivered === undefined) return [];
  if (isAddress(book.delivered.folder))
    throw new ProblemError(409, `The files are on S3. Download them from ${book.delivered.folder}.`, {}, 'on-s3');
  const root = await rootOf(view, book.delivered.folder);
  if (root === undefined) return [];
  const files: ResultFile[] = [];
  await collect(root, '', files);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined when a link leads there: it may lead anywhere. The folder that --out named may be one itself. */
async function rootOf(view: InboxView, folder: string): Promise<string | undefined> {
  const root = resolve(view.folder, folder);
  const base = isAbsolute(folder) ? dirname(root) : view.folder;
  return (await findLink(base, root).catch(() => root)) === undefined ? root : undefined;
}

/** Opens a listed file for reading, if it is still a file of its own: a link in its place is not followed. */
async function openListed(root: string, name: string): Promise<FileHandle | undefined> {
  const path = join(root, name);
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => undefined);
  if (file === undefined) return undefined;
  const [link, opened, there] = [await findLink(root, path).catch(() => path), await file.stat(), await lstatOf(path)];
  if (link === undefined && opened.isFile() && opened.ino === there?.ino && opened.dev === there.dev) return file;
  await file.close();
  return undefined;
}

function lstatOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}

async function collect(root: string, below: string, files: ResultFile[]): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    // Names of files that are still being written.
    if (entry.name.startsWith('.')) continue;
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory() && name.split('/').length < MAX_DEPTH) await collect(root, name, files);
    if (!entry.isFile()) continue;
    const stats = await stat(join(root, name)).catch(() => undefined);
    if (stats !== undefined) files.push({ name, bytes: stats.size, type: mediaTypeOf(name) });
  }
}

/** Responds with a file. Only listed files are available, so no name leads outside the folder. Throws a `ProblemError`. */
export async function sendResult(of: {
  view: InboxView;
  book: BookView;
  name: string;
  headers: Headers;
  /** `HEAD`: the headers without the body. */
  isHead: boolean;
}): Promise<Response> {
  const { view, book } = of;
  const found = (await listResults(view, book)).find(({ name }) => name === of.name);
  if (found === undefined || book.delivered === undefined) throw new ProblemError(404, 'The book has no such file.');
  const file = await openListed(resolve(view.folder, book.delivered.folder), found.name);
  if (file === undefined) throw new ProblemError(404, 'The book has no such file.');
  let isSent = false;
  try {
    const response = responseOf({ ...of, found, stats: await file.stat() });
    const { start, end } = response;
    isSent = start <= end && !of.isHead && response.init.status < 300;
    const body = isSent ? (Readable.toWeb(file.createReadStream({ start, end })) as ReadableStream) : null;
    return new Response(body, response.init);
  } finally {
    // A stream closes it at its end.
    if (!isSent) await file.close();
  }
}

/** Status and headers for a file, and the range of its bytes, both ends included. Throws a `ProblemError`. */
function responseOf(of: { found: ResultFile; stats: { size: number; mtimeMs: number }; headers: Headers }) {
  const { found, headers } = of;
  const { size, mtimeMs } = of.stats;
  const tag = `"${size.toString(16)}-${Math.round(mtimeMs).toString(16)}"`;
  const same = headers.get('if-range') === null || headers.get('if-range') === tag;
  const range = same ? rangeOf(headers.get('range'), size) : undefined;
  if (range === 'none')
    throw new ProblemError(416, `The file has ${size} bytes.`, { 'content-range': `bytes */${size}` });
  const { start, end } = range ?? { start: 0, end: size - 1 };
  const responseHeaders = {
    'content-type': found.type,
    'content-length': String(end - start + 1),
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name.split('/').at(-1) ?? '')}`,
    'accept-ranges': 'bytes',
    // A report is an HTML page of ours, but no page needs to run scripts on this origin.
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
    etag: tag,
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
  };
  return { start, end, init: { status: range === undefined ? 200 : 206, headers: responseHeaders } };
}
