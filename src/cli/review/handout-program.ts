/** The program in a page for a reviewer, as the build has made it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../../config/values.ts';
import { systemCode } from '../../errors.ts';
import type { HandoutProgram } from '../../studio/handing-out/handout-page.ts';
import { plain } from '../screen/format.ts';
import { handoutFolder } from './page-folder.ts';

/** Its script and style. Throws a `ConfigError` when the page is not built. */
export async function readHandoutProgram(): Promise<HandoutProgram> {
  const folder = handoutFolder();
  const read = (name: string): Promise<string> =>
    readFile(join(folder, name), 'utf8').catch((error: unknown) => {
      throw new ConfigError(
        `The page is not built (${systemCode(error) ?? 'unreadable'}: ${plain(join(folder, name))}). Run npm run build in the program's folder.`,
      );
    });
  const [script, style] = await Promise.all([read('handout.js'), read('handout.css')]);
  return { script, style };
}
