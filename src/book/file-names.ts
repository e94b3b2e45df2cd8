import { readdir, realpath } from 'node:fs/promises';
import { NearestNames } from '../manifest/diagnostics/nearest.ts';

/** Most file names of a folder to compare. */
const MOST_NAMES = 5000;
/** Most folders to read for suggestions, and most suggestions from one folder, for one book. */
const MOST_FOLDERS = 20;
const MOST_SUGGESTIONS = 100;
/** Steps of the comparisons in one folder; see `NearestNames`. */
const MOST_STEPS = 10_000_000;

/** The names in a folder. */
interface Folder {
  nearest: NearestNames;
  suggestionsLeft: number;
}

/**
 * Suggests names of files for those that are missing. Reads each folder once, and bounds the work of one book: a manifest can
 * name thousands of missing files in a folder with thousands of others.
 */
export class FileNames {
  readonly #folders = new Map<string, Promise<Folder | 'outside'>>();

  /**
   * The name in `folder` that was probably meant. Undefined: none, or no more are suggested. `isAllowed` is asked for the real
   * path of the folder; `outside`: it said no. Rejects when there is no such folder.
   */
  async nearest(
    { folder, name }: { folder: string; name: string },
    isAllowed: (folder: string) => boolean,
  ): Promise<string | 'outside' | undefined> {
    let read = this.#folders.get(folder);
    if (read === undefined) {
      if (this.#folders.size >= MOST_FOLDERS) return undefined;
      read = readFolder(folder, isAllowed);
      this.#folders.set(folder, read);
    }
    const known = await read;
    if (known === 'outside') return known;
    return known.suggestionsLeft-- > 0 ? known.nearest.to(name) : undefined;
  }
}

async function readFolder(folder: string, isAllowed: (folder: string) => boolean): Promise<Folder | 'outside'> {
  const real = await realpath(folder);
  if (!isAllowed(real)) return 'outside';
  const names = (await readdir(real)).slice(0, MOST_NAMES);
  return { nearest: new NearestNames(names, { mostSteps: MOST_STEPS }), suggestionsLeft: MOST_SUGGESTIONS };
}
