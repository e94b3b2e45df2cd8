import { normalize, resolve } from 'node:path';
import type pLimit from 'p-limit';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import type { DiagnosticList } from '../manifest/diagnostics/diagnostic-list.ts';
import type { TextRange } from '../manifest/yaml/position.ts';
import type { Download } from './download.ts';
import type { FileProblem, FileRequest } from './edit/author-file.ts';
import type { FileNames } from './file-names.ts';

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
  diagnostics: DiagnosticList;
  /** Texts that diagnostics point into, by file. */
  sources: Map<string, string>;
  /** Limits the number of files and downloads at the same time. */
  limit: ReturnType<typeof pLimit>;
  /** Names of files in a folder, to suggest one instead of a missing one. */
  fileNames: FileNames;
}

/** Adds a diagnostic at a place of the manifest, unless that place already has one that is as severe. */
export function addDiagnostic(
  context: ReadingContext,
  at: TextRange,
  problem: FileProblem,
  severity: Diagnostic['severity'] = 'error',
): void {
  const { diagnostics, manifestPath: file } = context;
  const { code, message, fix } = problem;
  if (!diagnostics.hasAt({ file, start: at.start, severity }))
    diagnostics.add({ code, severity, file, message, ...(fix && { fix }), ...at });
}

/** The request to read a file that the manifest names. */
export function requestFor(context: ReadingContext, path: string, maxBytes: number): FileRequest {
  return {
    path: resolve(context.folder, path),
    shown: normalize(path),
    inside: context.inside,
    maxBytes,
    signal: context.signal,
    fileNames: context.fileNames,
  };
}
