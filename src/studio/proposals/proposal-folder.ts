/** The folder with a book's proposals: one change of it at a time, by whatever process; nothing in it is deleted. */
import { access, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { PipelineError, systemCode } from '../../errors.ts';
import { takeTurn } from '../../holders/turn.ts';
import { headingName } from '../changes/difference.ts';
import type { StudioBook, StudioDependencies } from '../dependencies.ts';
import { readDifference } from './apply-difference.ts';
import { wholeOfProposal } from './proposal-names.ts';

/** What proposals need of a studio, and of a book. */
export interface OfStudio {
  given: Pick<StudioDependencies, 'proposalsFolder'>;
}
/** The same of a book. */
export type OfBook = Pick<StudioBook, 'book'>;

/** Folders beside the proposals, for those that were dealt with. */
export const DEALT_WITH = { take: 'taken-over', aside: 'put-aside' } as const;

/** A file that was moved there: its name among the proposals, and its path below their folder since. */
export interface Moved {
  name: string;
  as: string;
}

/** The folder, and the names of the book's proposals in it. Both are empty where texts are changed at once. */
export async function foundProposals({ given }: OfStudio, of: OfBook): Promise<{ folder: string; names: string[] }> {
  const proposals = await given.proposalsFolder(of);
  if (proposals === undefined) return { folder: '', names: [] };
  const { folder } = proposals;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.flatMap((entry) => (entry.isFile() && isProposal(entry.name) ? [entry.name] : []));
  return { folder, names: await namesOfBook({ folder, names }, of) };
}

/** Some systems write a file of their own beside each, called `._NAME`. */
function isProposal(name: string): boolean {
  return name.endsWith('.diff') && !name.startsWith('._');
}

/** Books in one folder share the folder of their proposals: only then are the files looked into. */
async function namesOfBook(
  { folder, names }: { folder: string; names: string[] },
  { book }: OfBook,
): Promise<string[]> {
  if (names.length === 0) return names;
  const there = await readdir(book.folder).catch(() => []);
  const manifests = there.filter((name) => /\.ya?ml$/i.test(name));
  const own = basename(book.manifestPath);
  if (manifests.every((name) => name === own)) return names;
  const files = new Set(
    book.chapters.flatMap(({ source }) => (source === undefined ? [] : [headingName(source.file)])),
  );
  const isOwn = async (name: string): Promise<boolean> => {
    const { book: named = '', file = '' } = readDifference(await readHead(join(folder, name)));
    if (named === own || files.has(file)) return true;
    const isOfNobody = named !== '' && !manifests.includes(named);
    return isOfNobody || [...files].some((one) => basename(one) === file && wholeOfProposal(name) !== undefined);
  };
  const areOwn = await Promise.all(names.map(isOwn));
  return names.filter((_, index) => areOwn[index]);
}

/** The most that stands before the changes: names of files. */
const HEAD_BYTES = 16 * 1024;

/** The beginning of a file; empty when it cannot be read. */
export async function readHead(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}

/**
 * Does something with the proposals of a folder, which is made if it is missing, while nobody else changes them. Rejects as `act`, and
 * with `input-unreadable` when the folder cannot be written.
 */
export async function inTurn<T>(folder: string, act: () => Promise<T>): Promise<T> {
  const hold = await writing(folder, async () => {
    await mkdir(folder, { recursive: true });
    return takeTurn(join(folder, '.turn.tmp'), { what: 'waiting for the proposals' });
  });
  try {
    return await act();
  } finally {
    await hold.release();
  }
}

/** Makes the folder for what is dealt with in that way, so that a folder nobody may write to is known before a text is changed. */
export async function prepareFolder(folder: string, to: keyof typeof DEALT_WITH): Promise<void> {
  await writing(folder, () => mkdir(join(folder, DEALT_WITH[to]), { recursive: true }));
}

/** Moves a proposal among those that were dealt with: the difference and, for speakers, the whole text beside it. In turn. */
export async function dealtWith(
  folder: string,
  { name, to }: { name: string; to: keyof typeof DEALT_WITH },
): Promise<Moved[]> {
  await prepareFolder(folder, to);
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const whole = wholeOfProposal(name);
  const moved: Moved[] = [];
  // The whole text first: without it, nothing continues from there.
  for (const one of [...(whole === undefined ? [] : [whole]), name]) {
    const free = await freeName(join(folder, DEALT_WITH[to]), `${stamp} ${one}`);
    const as = join(DEALT_WITH[to], free);
    if (await writing(folder, () => renamed(join(folder, one), join(folder, as)))) moved.push({ name: one, as });
  }
  return moved;
}

/** A moment may have been there before, and a clock is set back. */
async function freeName(folder: string, name: string): Promise<string> {
  const ending = extname(name);
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${name.slice(0, name.length - ending.length)} (${n})${ending}`;
    if (!(await isThere(join(folder, tried)))) return tried;
  }
}

/**
 * Puts files back among the proposals, unless there are others of the same name by now: those stay, and so do these. In turn. Returns
 * whether all are back.
 */
export async function putBack(folder: string, moved: readonly Moved[]): Promise<boolean> {
  const steps = moved.map(({ name, as }) => ({ from: join(folder, as), to: join(folder, name) }));
  const areFree = await Promise.all(steps.map(async ({ from, to }) => (await isThere(from)) && !(await isThere(to))));
  if (areFree.includes(false)) return false;
  for (const { from, to } of steps) await writing(folder, () => renamed(from, to));
  return true;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** False when it was not there. */
async function renamed(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

async function writing<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = systemCode(error);
    if (error instanceof PipelineError || code === undefined) throw error;
    const message = `${folder} cannot be written (${code}). Check that you may write to it and that the disk is not full, then try again.`;
    throw new PipelineError({ code: 'input-unreadable', message, retry: 'never', cause: error });
  }
}

/** The content of a proposal's file; undefined when there is none. */
export async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
