import { shortEchoes } from '../../errors.ts';
import type { Position } from '../yaml/position.ts';
import { excerpt, printable } from '../yaml/source-excerpt.ts';

/** An error of the author's in a manifest, text or sample, worded so that an editor can fix it. A value; never thrown. */
export interface Diagnostic {
  /** Stable and kebab-case, such as `unknown-character`. */
  code: string;
  /** An error stops the book before anything is sent; a warning does not. */
  severity: 'error' | 'warning';
  /** What is wrong, in an editor's words. May quote the author's text; `formatDiagnostics` makes it safe to print. */
  message: string;
  /** What to do about it. */
  fix?: string;
  /** The file's printed name, which is also its key in `sources`. */
  file: string;
  /** Where it begins. Absent: it concerns the whole file. */
  start?: Position;
  /** Just after the last character concerned. Absent: a single place. */
  end?: Position;
  /** Number of the spoken line that it concerns, such as `3:37`. Absent: it concerns no single line. */
  number?: string;
}

/** The message, with the number of the line that it concerns. */
export function numberedMessage({ number, message }: Pick<Diagnostic, 'number' | 'message'>): string {
  return shortEchoes(number === undefined ? message : `line ${number}: ${message}`);
}

/** True when at least one diagnostic is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/**
 * Formats diagnostics like a compiler, ordered by file and place: position, line, caret, fix, and a count at the end.
 * No newline at the end; an empty string for no diagnostics. Control characters in the author's text are made visible.
 * `sources` holds the text of each file (without a byte order mark); a file that is missing there is printed without its
 * line. `columns`: the terminal's width, for the source lines; messages are not wrapped here.
 */
export function formatDiagnostics({
  diagnostics,
  sources,
  color,
  columns = Number.POSITIVE_INFINITY,
}: {
  diagnostics: readonly Diagnostic[];
  sources: ReadonlyMap<string, string>;
  color: boolean;
  columns?: number;
}): string {
  if (diagnostics.length === 0) return '';
  const paint = color ? paintAnsi : (_style: Style, text: string) => text;
  const lines = new Map([...sources].map(([file, text]) => [file, lazyLines(text)]));
  const blocks = [...diagnostics]
    .sort(byPlace)
    .map((diagnostic) => block(diagnostic, { lines: lines.get(diagnostic.file), paint, columns }));
  return [...blocks, '', summary(diagnostics)].join('\n');
}

type Style = 'error' | 'warning' | 'bold' | 'dim';
type Paint = (style: Style, text: string) => string;

const ANSI: Record<Style, number> = { error: 31, warning: 33, bold: 1, dim: 2 };

function paintAnsi(style: Style, text: string): string {
  return `\u001b[${ANSI[style]}m${text}\u001b[0m`;
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.start?.line ?? 0) - (b.start?.line ?? 0) || (a.start?.column ?? 0) - (b.start?.column ?? 0);
}

/** Cells before a source line, and one for an ellipsis after it. */
const MARGIN_CELLS = '    7 | …'.length;

function block(
  diagnostic: Diagnostic,
  { lines, paint, columns }: { lines: (() => string[]) | undefined; paint: Paint; columns: number },
): string {
  const { file, start, end, severity, fix } = diagnostic;
  const place = start ? `${file}:${start.line}:${start.column}` : file;
  const out = [
    `${paint('bold', printable(shortEchoes(place)))} ${paint(severity, severity)}: ${printable(numberedMessage(diagnostic))}`,
  ];
  const line = start && lines?.()[start.line - 1];
  if (start && line !== undefined) {
    const endColumn = end && (end.line > start.line ? line.length + 1 : end.column);
    const { text, indent, width } = excerpt({
      ...{ line, startColumn: start.column, endColumn },
      cells: columns - MARGIN_CELLS,
    });
    const number = String(start.line).padStart(5);
    out.push(`${paint('dim', `${number} |`)} ${text}`.trimEnd());
    out.push(
      `${paint('dim', `${' '.repeat(number.length)} |`)} ${' '.repeat(indent)}${paint(severity, '^'.repeat(width))}`,
    );
  }
  if (fix !== undefined) out.push(`   ${paint('bold', 'fix:')} ${printable(fix)}`);
  return out.join('\n');
}

function lazyLines(text: string): () => string[] {
  let lines: string[] | undefined;
  return () => {
    lines ??= text.split(/\r\n|\n|\r/);
    return lines;
  };
}

function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [];
  if (errors > 0) parts.push(`${errors} ${errors === 1 ? 'error' : 'errors'}`);
  if (warnings > 0) parts.push(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`);
  return parts.join(', ');
}
