/** Reads a manifest that is to be changed, and writes it in place. */
import { randomUUID } from 'node:crypto';
import { access, chmod, constants, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../config/values.ts';
import { systemCode } from '../../errors.ts';
import { type ModelPlace, withModel } from '../../manifest/edit/edit-model.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const ANYBODY_MAY_WRITE = 0o222;

/** The bytes with another model; undefined when they cannot be changed without touching more than the field. */
export function editedBytes(bytes: Uint8Array, place: ModelPlace): Uint8Array | undefined {
  const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const mark = decoded.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : '';
  const text = withModel(decoded.slice(mark.length), place);
  return text === undefined ? undefined : Buffer.from(mark + text);
}

/** Throws `ConfigError` unless the manifest can be replaced. Asked before anything is paid. */
export async function proveChangeable(path: string): Promise<void> {
  const file = await realpath(path);
  const { mode } = await stat(file);
  // The administrator may write to any file; a file that nobody may write to was protected on purpose.
  const isProtected = (mode & ANYBODY_MAY_WRITE) === 0;
  const refused = isProtected ? 'EACCES' : ((await codeOf(file)) ?? (await codeOf(dirname(file))));
  if (refused === undefined) return;
  throw new ConfigError(
    `${path} cannot be written (${refused}), so its model cannot be changed. Nothing was sent. Change its permissions, or add --listen-only.`,
  );
}

/**
 * Replaces the manifest atomically, with its permissions. Throws `ConfigError` when it is no longer what was read: somebody
 * edited it in the meantime, and nothing is overwritten.
 */
export async function replaceManifest(path: string, { before, after }: { before: Uint8Array; after: Uint8Array }) {
  const file = await realpath(path);
  const temporary = join(dirname(file), `.migrate-${randomUUID()}`);
  try {
    const { mode } = await stat(file);
    await writeFile(temporary, after, { flush: true });
    await chmod(temporary, mode & 0o7777);
    // As late as possible.
    if (!(await readFile(file)).equals(before)) throw changedInTheMeantime(path);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new ConfigError(
      `${path} cannot be written (${code}), so it was not changed. The lines that were spoken are kept. Repeat the command to change it; they cost nothing then.`,
    );
  }
}

function changedInTheMeantime(path: string): ConfigError {
  return new ConfigError(
    `${path} was changed while this command ran, so it was left as it is. The lines that were spoken are kept. Repeat the command; they cost nothing then.`,
  );
}

async function codeOf(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) ?? 'unknown reason';
  }
}
