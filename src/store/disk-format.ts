/** The mark of a store's layout, and the broom for what crashes leave. */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';

/** Layout of the folder; raised when an older program could not read what we write. */
const FORMAT_VERSION = 1;
/** What a crash left in tmp/ is removed when it is older than this; younger files may belong to a living process. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Marks a new store with its format and an id of its own, or checks the mark of one that is there. Answers the id. Throws
 * `store-unwritable` for a folder that another version made or that is not ours.
 */
export async function checkFormat(root: string): Promise<string> {
  const path = join(root, 'format.json');
  const text = (await readIfThere(path)) ?? (await writeMark(root, path));
  const mark = readMark(text);
  if (mark?.version === FORMAT_VERSION) return mark.id ?? (await giveId(root, path));
  throw new PipelineError({
    code: 'store-unwritable',
    message:
      mark === undefined
        ? `${path} is not the mark of a narration store. Choose another folder with --store, or remove that file if the folder is ours.`
        : `The store in ${root} has format ${mark.version}, this program writes ${FORMAT_VERSION}. Use the program version that made it, or another --store.`,
    retry: 'never',
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of several processes that open a new store at once, the first names it; all read the same name. */
async function writeMark(root: string, path: string): Promise<string> {
  const temporary = await newMark(root);
  try {
    await link(temporary, path);
  } catch (error) {
    // Not every disk has links; there the last one names it.
    if (systemCode(error) !== 'EEXIST') await rename(temporary, path);
  }
  await rm(temporary, { force: true });
  return readFile(path, 'utf8');
}

/** A store from before stores had ids. */
async function giveId(root: string, path: string): Promise<string> {
  await rename(await newMark(root), path);
  return checkFormat(root);
}

async function newMark(root: string): Promise<string> {
  const temporary = join(root, 'tmp', `format-${randomUUID()}`);
  const id = randomUUID().slice(0, 8);
  await writeFile(temporary, `${JSON.stringify({ format: 'narration-store', version: FORMAT_VERSION, id })}\n`, {
    flag: 'wx',
    flush: true,
  });
  return temporary;
}

function readMark(text: string): { version: number; id: string | undefined } | undefined {
  try {
    const mark: unknown = JSON.parse(text);
    if (typeof mark !== 'object' || mark === null || !('format' in mark) || mark.format !== 'narration-store') return;
    if (!('version' in mark) || typeof mark.version !== 'number') return;
    const id = 'id' in mark && typeof mark.id === 'string' && /^[\w-]{1,40}$/.test(mark.id) ? mark.id : undefined;
    return { version: mark.version, id };
  } catch {
    return undefined;
  }
}

/** Removes what crashed writers left in `folder` a day ago or earlier. */
export async function sweep(folder: string): Promise<void> {
  const before = Date.now() - STALE_AFTER_MS;
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const age = await stat(path).catch(() => undefined);
    if (age !== undefined && age.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
}
