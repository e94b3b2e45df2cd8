/** The author's errors and warnings, as people and programs see them. */
import type { ErrorEvent } from '../../events.ts';
import { type Diagnostic, formatDiagnostics, numberedMessage } from '../../manifest/diagnostics/diagnostic.ts';
import { printable } from '../../manifest/yaml/source-excerpt.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { counted } from './format.ts';
import type { Terminal } from './terminal.ts';
import { shorten } from './text-width.ts';

/** Warnings that a run shows before it starts; `check` shows all. One more line says how many there are. */
const MOST_WARNINGS = 2;

/** Warnings by what a listener would hear: a wrong speaker, missing words, voices and lengths; then all others. */
const IMPORTANCE: readonly (readonly string[])[] = [
  ['speaker-to-review', 'speech-label'],
  ['nothing-to-speak', 'code-left-out', 'image-left-out', 'direction-ignored'],
  ['shared-sample', 'long-chapter'],
];

/** Prints all diagnostics in full on stderr; nothing when there are none. */
export function printDiagnostics(
  { diagnostics, sources }: { diagnostics: readonly Diagnostic[]; sources: ReadonlyMap<string, string> },
  terminal: Terminal,
): void {
  if (diagnostics.length === 0) return;
  const { colorOnStderr: color, columnsOnStderr: columns } = terminal;
  terminal.err(formatDiagnostics({ diagnostics, sources, color, columns }).trimEnd());
}

/**
 * What `plan` and `run` print on stderr before their work: all errors in full, and at most three lines of warnings, the most
 * important first. The last line names the command that shows all warnings.
 */
export function printBriefly(
  of: { diagnostics: readonly Diagnostic[]; sources: ReadonlyMap<string, string>; manifest: string },
  terminal: Terminal,
): void {
  const { diagnostics, sources, manifest } = of;
  printDiagnostics({ diagnostics: diagnostics.filter(({ severity }) => severity === 'error'), sources }, terminal);
  const warnings = diagnostics
    .filter(({ severity }) => severity === 'warning')
    .map((warning) => ({ warning, rank: rankOf(warning) }))
    .sort((a, b) => a.rank - b.rank);
  if (warnings.length === 0) return;
  for (const { warning } of warnings.slice(0, MOST_WARNINGS)) {
    const { file, start } = warning;
    const place = start === undefined ? file : `${file}:${start.line}:${start.column}`;
    terminal.err(shorten(printable(`${place} warning: ${numberedMessage(warning)}`), terminal.columnsOnStderr));
  }
  const more = warnings.length - MOST_WARNINGS;
  const what = more > 0 ? `… and ${counted(more, 'more warning')}` : 'How to fix';
  terminal.err(`${what}: pipeline check ${manifest}`);
}

function rankOf({ code }: Diagnostic): number {
  const rank = IMPORTANCE.findIndex((codes) => codes.includes(code));
  return rank < 0 ? IMPORTANCE.length : rank;
}

/** What a program reads on stdout when a manifest is refused before anything starts. */
export function diagnosticsEvent(manifest: string, diagnostics: readonly Diagnostic[]): ErrorEvent {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  return {
    type: 'error',
    code: 'manifest-mistakes',
    message: `${manifest} cannot be run: ${counted(errors, 'error')}.`,
    exitCode: EXIT.wrongInput,
    diagnostics,
  };
}
