/** The folder of a book's delivery on a disk: claimed by a mark before the first file, so that two books never share one. */
import { lstat, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { publishNewFile } from '../store/atomic-file.ts';
import { makeFolder } from '../store/make-folder.ts';
import { chooseFolder, type DeliveryPlace, type FolderState, isInTheWay } from './choose-folder.ts';
import { inFolder } from './files.ts';
import { FOLDER_MARK, type FolderOwner, markText, ownerIn } from './folder-owner.ts';
import { REPORT } from './reports/report.ts';

/**
 * Claims the book's folder in `outDir`: named after its title, with a number when another book, another store or somebody's own
 * files are in the way. An edition that was delivered before keeps its folder. Fails with `store-unwritable` or `disk-full`.
 */
export async function claimFolder(of: {
  /** Absolute. */
  outDir: string;
  owner: FolderOwner;
  /** Whether a folder without a mark or a report has files of this book that an earlier version was writing. */
  isUnfinished?: (folder: string) => Promise<boolean>;
}): Promise<{ folder: string; notice?: string }> {
  const { outDir, owner } = of;
  return inFolder(outDir, async () => {
    await makeFolder(outDir);
    const chosen = await chooseFolder(await diskPlace(of), owner);
    if (chosen === undefined) {
      const message = `In ${outDir}, every folder name for the book "${owner.title}" is in use. Choose another folder with --out.`;
      throw new PipelineError({ code: 'store-unwritable', message, retry: 'never' });
    }
    const { name, notice } = chosen;
    return { folder: join(outDir, name), ...(notice !== undefined && { notice }) };
  });
}

/** Removes the mark of a folder that has its report now. Never rejects. */
export async function removeMark(folder: string): Promise<void> {
  await rm(join(folder, FOLDER_MARK), { force: true }).catch(() => undefined);
}

async function diskPlace({
  outDir,
  owner,
  isUnfinished = async () => false,
}: Parameters<typeof claimFolder>[0]): Promise<DeliveryPlace> {
  const names = new Map<string, string[]>();
  for (const name of await readdir(outDir)) names.set(folded(name), [...(names.get(folded(name)) ?? []), name]);
  return {
    isListed: true,
    spellings: async (name) => {
      const found = names.get(folded(name)) ?? [];
      return found.includes(name) ? [name, ...found.filter((other) => other !== name)] : found;
    },
    look: async (name) => {
      const state = await look(join(outDir, name));
      return state === 'foreign' && (await isUnfinished(join(outDir, name))) ? owner : state;
    },
    claim: (name) => claim(join(outDir, name), owner),
  };
}

/** Systems that ignore case, or compose accents differently, take these names for the same. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC');
}

async function look(folder: string): Promise<FolderState> {
  const stats = await lstat(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (stats === undefined) return 'free';
  // A link is never followed: it may lead anywhere.
  if (!stats.isDirectory()) return 'foreign';
  for (const name of [FOLDER_MARK, REPORT]) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined);
    const owner = text === undefined ? undefined : ownerIn(text);
    if (owner !== undefined) return owner;
  }
  return (await readdir(folder)).some(isInTheWay) ? 'foreign' : 'free';
}

async function claim(folder: string, owner: FolderOwner): Promise<boolean> {
  await makeFolder(folder);
  const temporary = join(folder, `.delivering-${temporaryName()}`);
  await writeFile(temporary, markText(owner), { flush: true });
  try {
    if (!(await publishNewFile(temporary, join(folder, FOLDER_MARK)))) return false;
  } finally {
    await rm(temporary, { force: true });
  }
  // Its owner may have finished and removed its mark in between.
  const report = await readFile(join(folder, REPORT), 'utf8').catch(() => undefined);
  if (report === undefined || ownerIn(report) === undefined) return true;
  await removeMark(folder);
  return false;
}
