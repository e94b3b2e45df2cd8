/** `pipeline check`: every mistake of a manifest and its files. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { type Book, loadBook } from '../../book/load-book.ts';
import { voiceModelDiagnostics } from '../../book/voice-models.ts';
import { type Flags, readConfig } from '../../config.ts';
import type { ErrorEvent } from '../../events.ts';
import { type Diagnostic, formatDiagnostics } from '../../manifest/diagnostic.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { furtherDiagnostics, withDiagnostics } from '../composition/further-mistakes.ts';
import { openConfiguredStore } from '../composition/open-store.ts';
import { accountToLookAt } from '../composition/service.ts';
import { counted, grouped, openTerminal, plain, type Terminal } from '../screen/terminal.ts';

/**
 * Exit code 0 when the book can be run, 2 when it has mistakes; warnings alone do not matter. The store is only looked
 * into, for what is known of voices that the manifest names by their ids.
 */
export async function checkCommand(manifest: string, flags: Flags & { json?: boolean }): Promise<number> {
  const terminal = openTerminal();
  const read = await loadBook({ manifestPath: manifest });
  const further = await furtherDiagnostics(read, { config: readConfig({ simulate: true }) });
  const miscast = read.book === undefined ? [] : await knownMiscast(read.book, flags);
  const { book, sources, diagnostics } = withDiagnostics(read, [...further, ...miscast]);
  const ok = book !== undefined;
  if (flags.json) terminal.out(JSON.stringify({ type: 'check', ok, diagnostics }));
  else printDiagnostics({ diagnostics, sources }, terminal);
  if (!ok) return EXIT.wrongInput;
  if (!flags.json) terminal.out(describe(book, manifest));
  return EXIT.ok;
}

/** A store that is not there knows nothing, and is not made for a look. */
async function knownMiscast(book: Book, flags: Flags): Promise<Diagnostic[]> {
  const config = readConfig(flags);
  if (config.s3 === undefined && !existsSync(config.storeDir)) return [];
  const store = await openConfiguredStore(config);
  return voiceModelDiagnostics(book, { store, account: accountToLookAt(config).id });
}

/** What a program reads on stdout when a manifest was refused before anything was begun. */
export function diagnosticsEvent(manifest: string, diagnostics: readonly Diagnostic[]): ErrorEvent {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    type: 'error',
    code: 'manifest-mistakes',
    message: `${manifest} can not be run: ${counted(errors, 'mistake')}.`,
    exitCode: EXIT.wrongInput,
    diagnostics,
  };
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
