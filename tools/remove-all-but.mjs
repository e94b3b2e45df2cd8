/** Removes what earlier builds left. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The types of the library. `npm pack` writes them (`prepack`) before it builds (`prepare`), so a build leaves them alone. */
export const TYPES = 'dist/src/library/index.d.ts';

/** It goes last in a build: a program that runs meanwhile keeps what is the same in this build. */
export function removeAllBut(folder, built) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !built.has(path) && !path.endsWith(join(TYPES))) rmSync(path);
  }
}
