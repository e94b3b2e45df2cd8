/** `pipeline check`: every mistake of a manifest and its files. */
import { relative } from 'node:path';
import { type Book, loadBook } from '../book.ts';
import { type Diagnostic, formatDiagnostics } from '../manifest/diagnostic.ts';
import { EXIT } from './exit.ts';
import { counted, grouped, openTerminal, plain, type Terminal } from './terminal.ts';

/** Exit code 0 when the book can be run, 2 when it has mistakes; warnings alone do not matter. */
export async function checkCommand(manifest: string, flags: { json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const loaded = await loadBook({ manifestPath: manifest });
  if (flags.json)
    terminal.out(JSON.stringify({ type: 'check', ok: loaded.book !== undefined, diagnostics: loaded.diagnostics }));
  else printDiagnostics(loaded, terminal);
  if (loaded.book === undefined) return EXIT.wrongInput;
  if (!flags.json) terminal.out(describe(loaded.book, manifest));
  return EXIT.ok;
}

/** Prints what is wrong on stderr; nothing when there is nothing. */
export function printDiagnostics(
  { diagnostics, sources }: { diagnostics: readonly Diagnostic[]; sources: ReadonlyMap<string, string> },
  terminal: Terminal,
): void {
  if (diagnostics.length === 0) return;
  terminal.err(formatDiagnostics({ diagnostics, sources, color: terminal.colorOnStderr }).trimEnd());
}

function describe(book: Book, manifest: string): string {
  const segments = book.chapters.reduce((sum, chapter) => sum + chapter.segments.length, 0);
  const characters = book.chapters.reduce((sum, chapter) => sum + chapter.spokenCharacters, 0);
  return (
    `${plain(relative('.', manifest))}: no mistakes. “${plain(book.manifest.title)}”, ` +
    `${counted(book.chapters.filter(({ role }) => role === undefined).length, 'chapter')}, ${counted(book.manifest.characters.length, 'character')}, ` +
    `${counted(segments, 'segment')}, ${grouped(characters)} letters.`
  );
}
