/** The format mark of a store on disk. */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import { temporaryName } from '../holders/abandoned.ts';
import { idOfMark, newMark } from './format-mark.ts';
import { MARK_NAME } from './layout.ts';

/**
 * Marks a new store with its format and an ID, or checks the existing mark. Returns the ID. Throws `store-unwritable`
 * for a folder of another version or of another program.
 */
export async function checkFormat(root: string): Promise<string> {
  const path = join(root, MARK_NAME);
  const text = (await readIfExists(path)) ?? (await writeMark(root, path));
  return idOfMark(text, { location: root, path }) ?? (await addId(root, path));
}

/** Whether the folder still has the mark with this ID. */
export async function hasMark(root: string, id: string): Promise<boolean> {
  const path = join(root, MARK_NAME);
  const text = await readIfExists(path);
  return text !== undefined && idOfMark(text, { location: root, path }) === id;
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Of several processes that open a new store at once, the first one sets the ID; all read the same ID. */
async function writeMark(root: string, path: string): Promise<string> {
  const temporary = await temporaryMark(root);
  try {
    await link(temporary, path);
  } catch (error) {
    // Not every disk has links; there the last process sets the ID.
    if (systemCode(error) !== 'EEXIST') await rename(temporary, path);
  }
  await rm(temporary, { force: true });
  return readFile(path, 'utf8');
}

/** Adds an ID to a store that is older than IDs. */
async function addId(root: string, path: string): Promise<string> {
  await rename(await temporaryMark(root), path);
  return checkFormat(root);
}

async function temporaryMark(root: string): Promise<string> {
  const temporary = join(root, 'tmp', `format-${temporaryName()}`);
  await writeFile(temporary, newMark(), { flag: 'wx', flush: true });
  return temporary;
}
