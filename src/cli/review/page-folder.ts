/** Where the build has put the studio's page. */
import { fileURLToPath } from 'node:url';

/** The folder; from the sources, that of the last build. */
export function pageFolder(here: string = import.meta.url): string {
  // A bundled file is in dist/src/chunks/.
  const folder = here.endsWith('.ts') ? '../../../dist/src/studio/page' : '../studio/page';
  return fileURLToPath(new URL(folder, here));
}
