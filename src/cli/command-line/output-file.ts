/** A file that a command writes where a person says: through links, and into what is no file, never in its place. */
import { realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { deliverText } from '../../deliver/files.ts';
import { PipelineError, systemCode } from '../../errors.ts';

/**
 * Writes the whole file at once, so that an earlier one stays until then. A link stays a link; a device or a pipe is written
 * into. Returns the path as it was given, made absolute. Throws `store-unwritable`.
 */
export async function writeOutput(path: string, text: string | Uint8Array): Promise<string> {
  const given = resolve(path);
  const real = await realpath(given).catch(() => given);
  const found = await stat(real).catch(() => undefined);
  try {
    if (found === undefined || found.isFile() || found.isDirectory())
      await deliverText({ text, folder: dirname(real), name: basename(real) });
    else await writeFile(real, text);
  } catch (error) {
    if (error instanceof PipelineError) throw error;
    const message = `${given} cannot be written (${systemCode(error) ?? String(error)}). Name another file.`;
    throw new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  }
  return given;
}
