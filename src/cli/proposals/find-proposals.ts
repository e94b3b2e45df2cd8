/** Finds the proposals of one book, or of all books below a watched folder. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ConfigError } from '../../config/values.ts';
import type { OpenedBook } from '../../library/opened-book.ts';
import { DEALT_WITH } from '../../studio/proposals/proposal-folder.ts';
import type { Proposal } from '../../studio/proposals/proposal-shapes.ts';
import { showProposals } from '../../studio/proposals/proposals.ts';
import { OWN_FOLDER } from '../../watch/file-names.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { proposalsFolder, watchedRoot } from '../review/proposals-folder.ts';
import { plain } from '../screen/format.ts';
import type { Terminal } from '../screen/terminal.ts';

/** A proposal, and the book that it is for. */
export interface FoundProposal {
  /** Names it among all of the folder; the beginning is enough where no other one begins so. */
  id: string;
  proposal: Proposal;
  book: OpenedBook;
}

/** What was found. */
export interface FoundProposals {
  found: FoundProposal[];
  /** A manifest that was named, and is in no watched folder. */
  isUnwatched: boolean;
  /** Some book has errors, which were printed. */
  hasErrors: boolean;
  /** Paths of proposals of which no book is there any more. */
  withoutBook: string[];
}

/** Opens a book for each manifest with proposals. Throws `ConfigError` for a place that is neither a manifest nor in a watched folder. */
export async function findProposals(
  place: string,
  of: { flags: BookFlags; terminal: Terminal },
): Promise<FoundProposals> {
  const kind = await stat(place).catch(() => undefined);
  if (kind === undefined)
    throw new ConfigError(`There is no file or folder ${plain(place)}. Name a manifest or a watched folder.`);
  if (!kind.isDirectory()) {
    const book = await openBook({ manifest: place, ...of });
    if (book === undefined) return { found: [], isUnwatched: false, hasErrors: true, withoutBook: [] };
    const isUnwatched = (await watchedRoot(book.book.folder)) === undefined;
    return { found: await proposalsOf(book), isUnwatched, hasErrors: false, withoutBook: [] };
  }
  const folder = resolve(place);
  const root = await watchedRoot(folder);
  if (root === undefined)
    throw new ConfigError(
      `${plain(place)} is not in a watched folder, so no texts have proposals there. Name the folder that \`pipeline watch\` watches, or a manifest in it.`,
    );
  return inFolder({ root, folder }, of);
}

async function inFolder(
  { root, folder }: { root: string; folder: string },
  of: { flags: BookFlags; terminal: Terminal },
): Promise<FoundProposals> {
  const all = join(root, OWN_FOLDER, 'proposals');
  const found: FoundProposal[] = [];
  const withoutBook: string[] = [];
  let hasErrors = false;
  for (const { path, names } of await foldersWithProposals(join(all, relative(root, folder)))) {
    const ofBooks = join(root, relative(all, path));
    const there = await readdir(ofBooks).catch(() => []);
    const known = new Set<string>();
    for (const name of there.filter((one) => /\.ya?ml$/i.test(one) && !one.startsWith('.')).sort()) {
      const book = await openBook({ manifest: join(ofBooks, name), ...of });
      hasErrors ||= book === undefined;
      // A text that two books share has one proposal.
      const own = book === undefined ? [] : (await proposalsOf(book)).filter((one) => !known.has(one.proposal.name));
      for (const { proposal } of own) known.add(proposal.name);
      found.push(...own);
    }
    withoutBook.push(...names.filter((name) => !known.has(name)).map((name) => join(path, name)));
  }
  found.sort((a, b) => b.proposal.at.localeCompare(a.proposal.at));
  return { found, isUnwatched: false, hasErrors, withoutBook: hasErrors ? [] : withoutBook };
}

async function foldersWithProposals(path: string): Promise<{ path: string; names: string[] }[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const folders = new Map<string, string[]>();
  const ended: readonly string[] = Object.values(DEALT_WITH);
  for (const { name, parentPath } of entries.filter((one) => one.isFile() && one.name.endsWith('.diff'))) {
    if (!ended.includes(basename(parentPath))) folders.set(parentPath, [...(folders.get(parentPath) ?? []), name]);
  }
  return [...folders].map(([at, names]) => ({ path: at, names })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function proposalsOf(book: OpenedBook): Promise<FoundProposal[]> {
  const shown = await showProposals({ given: { proposalsFolder } }, book, Number.POSITIVE_INFINITY);
  return shown.map((proposal) => ({ id: idOf(book, proposal), proposal, book }));
}

/** Of the difference and its place, so that it means the same proposal whatever comes or goes meanwhile. */
function idOf({ book }: OpenedBook, { name, of }: Proposal): string {
  const place = relative(dirname(book.folder), join(book.folder, name));
  return createHash('sha256').update(`${place}\0${of}`).digest('hex').slice(0, 12);
}

/** The proposal that a person names: by its ID, the start of it, or its line. Throws `ConfigError` when it is none, or several. */
export function pickProposal(found: readonly FoundProposal[], named: string): FoundProposal {
  const wanted = named.toLowerCase();
  const isId = /^[0-9a-f]{3,12}$/.test(wanted);
  const picked = found.filter(({ id, proposal }) => (isId ? id.startsWith(wanted) : proposal.line === wanted));
  if (picked.length === 1) return picked[0]!;
  const shown = plain(named);
  if (picked.length > 1) {
    const list = picked.map(({ id, proposal }) => `\n  ${id}  ${plain(proposal.file)}`).join('');
    throw new ConfigError(`"${shown}" matches several proposals. Name one by its ID:${list}`);
  }
  throw new ConfigError(
    `There is no proposal "${shown}". Nothing was changed. Somebody may have dealt with it. To list them: pipeline proposals`,
  );
}
