import { normalize, resolve } from 'node:path';
import type pLimit from 'p-limit';
import type { Diagnostic } from '../manifest/diagnostic.ts';
import type { Position, TextRange } from '../manifest/position.ts';
import type { FileProblem, FileRequest } from './author-file.ts';
import type { Download } from './download.ts';

/** What the readers of a book's files share. */
export interface ReadingContext {
  /** As given; also the manifest's name in diagnostics. */
  manifestPath: string;
  /** Real path of the manifest's folder, the base of relative paths. */
  folder: string;
  /** The same folder for messages. */
  shownFolder: string;
  /** Real paths of all allowed folders. */
  inside: readonly string[];
  signal: AbortSignal | undefined;
  download: Download;
  /** All diagnostics so far. */
  diagnostics: Diagnostic[];
  /** Texts that diagnostics point into, by file. */
  sources: Map<string, string>;
  /** Limits the number of files and downloads at the same time. */
  limit: ReturnType<typeof pLimit>;
}

/** Adds a diagnostic at a place of the manifest, unless that place already has one. */
export function addDiagnostic(
  context: ReadingContext,
  at: TextRange,
  problem: FileProblem,
  severity: Diagnostic['severity'] = 'error',
): void {
  const { diagnostics, manifestPath: file } = context;
  const { code, message, fix } = problem;
  const said = diagnostics.some(({ file: other, start }) => other === file && samePosition(start, at.start));
  if (!said) diagnostics.push({ code, severity, file, message, ...(fix && { fix }), ...at });
}

function samePosition(a: Position | undefined, b: Position): boolean {
  return a?.line === b.line && a.column === b.column;
}

/** The request to read a file that the manifest names. */
export function requestFor(context: ReadingContext, path: string, maxBytes: number): FileRequest {
  return {
    path: resolve(context.folder, path),
    shown: normalize(path),
    inside: context.inside,
    maxBytes,
    signal: context.signal,
  };
}
