/** The mark of a store's layout, and the broom for what crashes leave. */
import { randomUUID } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';

/** Layout of the folder; raised when an older program could not read what we write. */
const FORMAT_VERSION = 1;
/** What a crash left in tmp/ is removed when it is older than this; younger files may belong to a living process. */
const STALE_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Marks a new store with its format, or checks the mark of one that is there. Throws `store-unwritable` for a folder that
 * another version made or that is not ours.
 */
export async function checkFormat(root: string): Promise<void> {
  const path = join(root, 'format.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    const temporary = join(root, 'tmp', `format-${randomUUID()}`);
    const file = await open(temporary, 'wx');
    await file.writeFile(`${JSON.stringify({ format: 'narration-store', version: FORMAT_VERSION })}\n`);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return;
  }
  const version = formatVersion(text);
  if (version === FORMAT_VERSION) return;
  throw new PipelineError({
    code: 'store-unwritable',
    message:
      version === undefined
        ? `${path} is not the mark of a narration store. Choose another folder with --store, or remove that file if the folder is ours.`
        : `The store in ${root} has format ${version}, this program writes ${FORMAT_VERSION}. Use the program version that made it, or another --store.`,
    retry: 'never',
  });
}

function formatVersion(text: string): number | undefined {
  try {
    const mark: unknown = JSON.parse(text);
    if (typeof mark !== 'object' || mark === null || !('format' in mark) || mark.format !== 'narration-store') return;
    return 'version' in mark && typeof mark.version === 'number' ? mark.version : undefined;
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
