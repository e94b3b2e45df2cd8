/** A book that a tool looks at or speaks lines of. */
import { ManifestError } from '../../library/manifest-error.ts';
import { type OpenedBook, readBook } from '../lines/open-book.ts';
import type { McpFlags } from './context.ts';

/** Opens it. Throws `ManifestError`. */
export async function openedBook(
  manifest: string,
  flags: McpFlags & { budget?: string },
  { sends = false, signal }: { sends?: boolean; signal?: AbortSignal } = {},
): Promise<OpenedBook> {
  const opened = await readBook({ manifest, flags, ...(signal && { signal }) }, { sends });
  if ('reading' in opened) throw new ManifestError(manifest, opened.reading.diagnostics);
  return opened;
}
