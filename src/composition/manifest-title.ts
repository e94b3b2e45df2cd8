/** Title and author of a manifest, also of one whose texts or other fields have errors. */
import { readNamedFile } from '../config/named-file.ts';
import { ConfigError } from '../config/values.ts';
import { plain, systemCode } from '../errors.ts';
import { parseManifest } from '../manifest/parse.ts';

/** Throws `ConfigError` for a manifest that cannot be read. */
export async function titleOfManifest(path: string): Promise<{ title: string; author?: string }> {
  const bytes = await readNamedFile(path).catch((error: unknown) => {
    throw new ConfigError(`${plain(path)} cannot be read (${systemCode(error) ?? String(error)}).`);
  });
  const { manifest, draft } = parseManifest({ file: path, bytes, pathsMayLeave: true });
  const read = manifest ?? draft?.manifest;
  if (read === undefined)
    throw new ConfigError(`The manifest ${plain(path)} has errors. To list them: pipeline check ${plain(path)}`);
  return read;
}
