/** Links below a shared folder are never followed: people who may write there must not reach what lies elsewhere. */
import { lstat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { PipelineError, systemCode } from '../errors.ts';

/**
 * Rejects with `store-unwritable` when a part of `path` below `root` is a link (or a junction). `root` itself may be one, because
 * its owner named it; missing parts are none. `path` must be below `root`.
 */
export async function refuseLinks(root: string, path: string): Promise<void> {
  const link = await findLink(root, path);
  if (link === undefined) return;
  throw new PipelineError({
    code: 'store-unwritable',
    message: `${link} is a link. Links are not followed there, because they can lead out of the folder. Put a folder in its place, or name the link's target with --out.`,
    retry: 'never',
  });
}

/** The first part of `path` below `root` that is a link; undefined when there is none. */
export async function findLink(root: string, path: string): Promise<string | undefined> {
  let at = root;
  for (const part of relative(root, path).split(sep)) {
    at = join(at, part);
    try {
      if ((await lstat(at)).isSymbolicLink()) return at;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
  return undefined;
}
