/** Where the build has put the studio's page, and the parts of the page for a reviewer. */
import { fileURLToPath } from 'node:url';

/** The folder of the studio's page; from the sources, that of the last build. */
export function pageFolder(here: string = import.meta.url): string {
  return builtFolder('page', here);
}

/** The folder with the script and the style of a page for a reviewer. */
export function handoutFolder(here: string = import.meta.url): string {
  return builtFolder('handout', here);
}

function builtFolder(name: string, here: string): string {
  // A bundled file is in dist/src/chunks/.
  const folder = here.endsWith('.ts') ? '../../../dist/src/studio' : '../studio';
  return fileURLToPath(new URL(`${folder}/${name}`, here));
}
