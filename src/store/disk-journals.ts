/** Journals on a disk: `journals/JOURNAL/WRITER.jsonl`, to which one process appends. */
import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { publishFile } from './atomic-file.ts';
import { writeAll } from './blob-writer.ts';
import { guard } from './disk-failure.ts';
import { FOLDED, foldedName, type Journals, readStill, SET_ASIDE, textOfLines } from './journals.ts';
import { JOURNALS, journalFile, MARK_NAME } from './layout.ts';
import { makeFolder } from './make-folder.ts';

/** The journals of the store in `root`. */
export function openDiskJournals(root: string): Journals {
  const folderOf = (journal: string): string => join(root, JOURNALS, journal);
  const namesIn = async (journal: string): Promise<string[]> =>
    (await readdir(folderOf(journal)).catch(noneIfMissing)).flatMap((name) =>
      name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : [],
    );
  const textOf = (journal: string, name: string): Promise<string | undefined> =>
    readFile(join(root, journalFile(journal, name)), 'utf8').catch(undefinedIfMissing);
  return {
    batchMs: 0,
    append: (journal, lines, { writer, flush }) =>
      guard(root, () =>
        appendTo(join(root, journalFile(journal, writer)), Buffer.from(textOfLines(lines)), { root, flush }),
      ),
    list: (prefix) => guard(root, () => listJournals(join(root, JOURNALS), prefix)),
    files: (journal) => guard(root, () => namesIn(journal)),
    read: (journal) =>
      guard(root, () => readStill({ names: () => namesIn(journal), text: (name) => textOf(journal, name) })),
    fold: (journal, merge) =>
      guard(root, async () => {
        const texts = new Map<string, string>();
        for (const name of await namesIn(journal)) {
          const aside = await setAside(folderOf(journal), name);
          const text = aside === undefined ? undefined : await textOf(journal, aside);
          if (aside !== undefined && text !== undefined) texts.set(aside, text);
        }
        if (texts.size === 0) return;
        const text = textOfLines(merge([...texts.values()]));
        const target = foldedName(text);
        await publishText(root, text, join(root, journalFile(journal, target)));
        for (const name of texts.keys())
          if (name !== target) await rm(join(root, journalFile(journal, name)), { force: true });
      }),
  };
}

const ENDING = '.jsonl';

/**
 * Appends, and then looks whether the file still has its name. If not, it was folded meanwhile, perhaps before these
 * lines: they are written once more, which does no harm.
 */
async function appendTo(path: string, bytes: Buffer, { root, flush }: { root: string; flush: boolean }): Promise<void> {
  for (;;) {
    const file = await open(path, 'a').catch(async (error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
      // A store that was moved away, or a disk that is no longer mounted, must not begin again as an empty folder.
      await stat(join(root, MARK_NAME));
      await makeFolder(dirname(path));
      return open(path, 'a');
    });
    let inode: number;
    try {
      await writeAll(file, bytes);
      if (flush) await file.datasync();
      inode = (await file.stat()).ino;
    } finally {
      await file.close();
    }
    const named = await stat(path).catch(undefinedIfMissing);
    if (named?.ino === inode) return;
  }
}

/**
 * Renames a file to which a process may append, so that this process notices. Undefined when it is gone: another process
 * folds it.
 */
async function setAside(folder: string, name: string): Promise<string | undefined> {
  if (name.startsWith(FOLDED) || name.includes(SET_ASIDE)) return name;
  const aside = `${name}${SET_ASIDE}${randomUUID().slice(0, 8)}`;
  try {
    await rename(join(folder, `${name}${ENDING}`), join(folder, `${aside}${ENDING}`));
    return aside;
  } catch (error) {
    return undefinedIfMissing(error);
  }
}

async function publishText(root: string, text: string, path: string): Promise<void> {
  const temporary = join(root, 'tmp', temporaryName());
  const file = await open(temporary, 'wx');
  try {
    await writeAll(file, Buffer.from(text));
    await file.sync();
  } finally {
    await file.close();
  }
  await publishFile(temporary, path);
}

/** Folders with files in them, by their path below `root`. */
async function listJournals(root: string, prefix: string): Promise<string[]> {
  const found = new Set<string>();
  const walk = async (below: string): Promise<void> => {
    const entries = await readdir(join(root, below), { withFileTypes: true }).catch(noneIfMissing);
    for (const entry of entries) {
      if (entry.isFile() && entry.name.endsWith(ENDING)) found.add(below);
      if (entry.isDirectory()) await walk(below === '' ? entry.name : `${below}/${entry.name}`);
    }
  };
  const within = prefix.slice(0, Math.max(0, prefix.lastIndexOf('/')));
  await walk(within);
  return [...found].filter((journal) => journal.startsWith(prefix)).sort();
}

function noneIfMissing(error: unknown): never[] {
  undefinedIfMissing(error);
  return [];
}

function undefinedIfMissing(error: unknown): undefined {
  if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
  throw error;
}
