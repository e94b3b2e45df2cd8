/** Sample voices and schema for a new book; they come with the program. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StarterFiles } from '../import/write/write-folder.ts';

/** Finds them in the installed package, whether this file runs from src/ or from dist/. */
export function starterFiles(): StarterFiles {
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  return {
    voices: [join(root, 'manifests/hello/voices/narrator.wav'), join(root, 'manifests/hello/voices/mara.mp3')],
    schema: join(root, 'schema/manifest.schema.json'),
  };
}

function packageRoot(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('Internal error: the package of this program was not found.');
  return packageRoot(parent);
}
