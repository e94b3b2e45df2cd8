import { normalize, resolve } from 'node:path';
import type pLimit from 'p-limit';
import type { Diagnostic } from '../manifest/diagnostic.ts';
import type { Position, TextRange } from '../manifest/position.ts';
import type { FileProblem, FileRequest } from './author-file.ts';
import type { Download } from './download.ts';

/** What reading one file needs to know of the book around it. */
export interface ReadingContext {
  /** As it was given; also the manifest's name in diagnostics. */
  manifestPath: string;
  /** Real path of the folder that relative paths start from. */
  folder: string;
  /** The same folder as messages name it. */
  shownFolder: string;
  /** Real paths of all folders that may be read. */
  inside: readonly string[];
  signal: AbortSignal | undefined;
  download: Download;
  /** Filled while reading. */
  diagnostics: Diagnostic[];
  /** Texts that diagnostics point into, by file. */
  sources: Map<string, string>;
  /** Bounds the files and downloads that are under way at once. */
  limit: ReturnType<typeof pLimit>;
}

/** Says what is wrong at a place of the manifest, unless the manifest's own reading has said something of that place already. */
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

/** How a file that the manifest names is to be read. */
export function requestFor(context: ReadingContext, path: string, maxBytes: number): FileRequest {
  return {
    path: resolve(context.folder, path),
    shown: normalize(path),
    inside: context.inside,
    maxBytes,
    signal: context.signal,
  };
}
