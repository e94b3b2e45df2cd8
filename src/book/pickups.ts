/** Loads the files of the author's own recordings of lines; check-pickups.ts checks their sound later. */
import { normalize } from 'node:path';
import { pathProblem } from '../manifest/paths.ts';
import type { Position, TextRange } from '../manifest/yaml/position.ts';
import type { Line } from '../script/lines/line.ts';
import { formatLineName } from '../script/lines/line-name.ts';
import type { Script } from '../script/text/read.ts';
import { loadFile } from './cover/samples-and-cover.ts';
import { spokenLines } from './cut-lines.ts';
import type { FileProblem } from './edit/author-file.ts';
import type { LoadedAsset } from './loaded-asset.ts';
import type { ReadingContext } from './reading-context.ts';

/** A line with a recording. */
export interface PickupRef {
  /** As written, relative to the manifest's folder. */
  path: string;
  /** The file that names it, for messages. */
  file: string;
  /** Where it names it. */
  at: TextRange;
  /** Number of the line, such as `3:37`. */
  number: string;
  /** The line's text. */
  text: string;
  /** The text of `file`, for messages. */
  source: string;
}

/** A recording is one line; a minute of WAV is about 10 MB. */
const PICKUP_BYTES = 50 * 1024 * 1024;

/** The recordings that a chapter's lines name, in the text or in the review file. */
export function pickupRefsOf(of: {
  script: Pick<Script, 'head' | 'lines'>;
  /** The chapter's text, and how to find a place in it. */
  read: { chapter: number; file: string; text: string; locate: (offset: number) => Position };
  /** Where the review file names the recording of a line; undefined for a line whose text names it. */
  recordingAt?: (line: Line) => Pick<PickupRef, 'file' | 'at' | 'source'> | undefined;
}): PickupRef[] {
  const { script, read, recordingAt } = of;
  const first = script.head === undefined ? 1 : 0;
  return spokenLines(script).flatMap((line, index): PickupRef[] => {
    const { pickup, text } = line;
    if (pickup === undefined) return [];
    const at = { start: read.locate(pickup.start), end: read.locate(pickup.end) };
    const number = formatLineName({ chapter: read.chapter, line: index + first });
    const place = recordingAt?.(line) ?? { file: read.file, at, source: read.text };
    return [{ path: pickup.path, number, text, ...place }];
  });
}

/** Loads each recording once, by its written path. Reports problems in the context, at every line that uses it. */
export async function loadPickups(
  context: ReadingContext,
  refs: readonly PickupRef[],
): Promise<Map<string, LoadedAsset>> {
  const paths = [...new Set(refs.map(({ path }) => path))];
  const loaded = await Promise.all(paths.map((path) => context.limit(() => loadPickup(context, path))));
  const assets = new Map<string, LoadedAsset>();
  const refsByPath = new Map<string, PickupRef[]>();
  for (const ref of refs) {
    const same = refsByPath.get(ref.path);
    if (same === undefined) refsByPath.set(ref.path, [ref]);
    else same.push(ref);
  }
  for (const [index, result] of loaded.entries()) {
    const path = paths[index]!;
    if (!('problem' in result)) {
      assets.set(path, result);
      continue;
    }
    const { code, message, fix } = result.problem;
    for (const { file, at, number, source } of refsByPath.get(path) ?? []) {
      context.diagnostics.add({ code, severity: 'error', file, message, ...(fix && { fix }), ...at, number });
      context.sources.set(file, context.sources.get(file) ?? source);
    }
  }
  return assets;
}

async function loadPickup(context: ReadingContext, path: string): Promise<LoadedAsset | { problem: FileProblem }> {
  // Paths may leave the manifest's folder only if the operator allows other folders.
  const problem = pathProblem(path, context.inside.length > 1);
  if (problem) return { problem };
  const loaded = await loadFile(context, { path }, PICKUP_BYTES);
  if ('problem' in loaded) {
    const { code } = loaded.problem;
    if (code !== 'file-too-large') return loaded;
    return { problem: { ...loaded.problem, fix: 'Cut the recording to this one line.' } };
  }
  if (loaded.asset.mediaType.startsWith('audio/')) return loaded;
  const fix = 'Use a WAV, MP3, M4A, FLAC or OGG recording of the line.';
  return { problem: { code: 'not-audio', message: `"${normalize(path)}" is not a recording.`, fix } };
}
