/** Opens a book for the commands about single lines, and prints its errors. */
import { type Flags, readConfig } from '../../config/config.ts';
import { type OpenedBook, readBook } from '../../library/opened-book.ts';
import { diagnosticsEvent, printDiagnostics } from '../screen/diagnostics-screen.ts';
import type { Terminal } from '../screen/terminal.ts';

/** Flags of these commands. */
export type BookFlags = Flags & { json?: boolean };

/**
 * Opens it; prints its errors and returns undefined when it has any (exit code 2). `sends`: the command may call the
 * service, so it needs a key.
 */
export async function openBook(
  of: { manifest: string; flags: BookFlags; terminal: Terminal; signal?: AbortSignal },
  { sends = false } = {},
): Promise<OpenedBook | undefined> {
  const { manifest, flags, terminal, signal } = of;
  const opened = await readBook({ manifest, config: readConfig(flags), signal }, { sends });
  if (!('reading' in opened)) return opened;
  printDiagnostics(opened.reading, terminal);
  if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, opened.reading.diagnostics)));
  return undefined;
}
