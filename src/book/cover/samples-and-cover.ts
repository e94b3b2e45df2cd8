import { createHash } from 'node:crypto';
import { normalize } from 'node:path';
import type { Character, FileRef, SampleRef } from '../../manifest/manifest.ts';
import type { Asset } from '../../plan/step.ts';
import { digestAuthorFile, type FileDigest, type FileProblem } from '../edit/author-file.ts';
import { assetAt, type LoadedAsset } from '../loaded-asset.ts';
import { type MediaType, SNIFFED_BYTES, sniffMediaType } from '../media-type.ts';
import { addDiagnostic, type ReadingContext, requestFor } from '../reading-context.ts';
import { imageProblem } from './cover-image.ts';

const SAMPLE_BYTES = 50 * 1024 * 1024;
const COVER_BYTES = 20 * 1024 * 1024;
/** Loads the samples of all characters and returns those of the characters in `spoken`. */
export async function loadSamples({
  context,
  characters,
  spoken,
}: {
  context: ReadingContext;
  characters: readonly Character[];
  spoken: ReadonlySet<string>;
}): Promise<Map<string, LoadedAsset>> {
  const samples = new Map<string, LoadedAsset>();
  const found = await Promise.all(
    characters.map(({ name, source }) =>
      context.limit(async () => {
        if (source.kind !== 'sample') return undefined;
        // Unused samples are checked but not downloaded; nothing is downloaded for a book with errors.
        if ('url' in source.ref && (!spoken.has(name) || context.diagnostics.hasErrors)) return undefined;
        return loadSample(context, source.ref);
      }),
    ),
  );
  for (const [index, sample] of found.entries()) {
    const { name } = characters[index]!;
    if (sample && spoken.has(name)) samples.set(name, sample);
  }
  return samples;
}

async function loadSample(context: ReadingContext, ref: SampleRef): Promise<LoadedAsset | undefined> {
  const loaded = 'url' in ref ? await fetchAsset(context, ref.url) : await loadFile(context, ref, SAMPLE_BYTES);
  if ('problem' in loaded) {
    addDiagnostic(context, ref.at, loaded.problem);
    return undefined;
  }
  if (loaded.asset.mediaType.startsWith('audio/')) return loaded;
  const name = 'url' in ref ? 'The file at this address' : `"${normalize(ref.path)}"`;
  const fix = 'Use a WAV, MP3, M4A, FLAC or OGG recording itself, not a playlist or a link to one.';
  addDiagnostic(context, ref.at, { code: 'not-audio', message: `${name} is not a recording.`, fix });
  return undefined;
}

/** Loads the cover; undefined when it has a problem, which is reported in the context. */
export async function loadCover(context: ReadingContext, ref: FileRef): Promise<LoadedAsset | undefined> {
  const loaded = await loadFile(context, ref, COVER_BYTES);
  if ('problem' in loaded) {
    addDiagnostic(context, ref.at, loaded.problem);
    return undefined;
  }
  const name = `"${normalize(ref.path)}"`;
  const { mediaType } = loaded.asset;
  if (!mediaType.startsWith('image/')) {
    const message = `${name} is not a PNG or JPEG image.`;
    addDiagnostic(context, ref.at, { code: 'not-an-image', message, fix: 'Save the cover as PNG or JPEG.' });
    return undefined;
  }
  const problem = imageProblem(await loaded.read(), mediaType);
  if (problem === undefined) return loaded;
  const fix = 'Copy the cover again from its source, or save it again as PNG or JPEG.';
  addDiagnostic(context, ref.at, { code: 'damaged-image', message: `The image ${name} ${problem}.`, fix });
  return undefined;
}

/** Computes the digest of a file; returns a problem if it cannot be read. */
export async function loadFile(
  context: ReadingContext,
  ref: Pick<FileRef, 'path'>,
  maxBytes: number,
): Promise<LoadedAsset | { problem: FileProblem }> {
  const request = requestFor(context, ref.path, maxBytes);
  const content = await digestAuthorFile(request);
  if ('problem' in content) return content;
  const { path, shown, inside } = request;
  return assetAt(assetOf(content), { path, shown, inside, maxBytes });
}

/** Keeps a downloaded sample in memory (at most 10 MB): the server could return another recording next time. */
async function fetchAsset(context: ReadingContext, url: string): Promise<LoadedAsset | { problem: FileProblem }> {
  const answer = await context.download({ url, signal: context.signal });
  if ('problem' in answer) return answer;
  const { bytes } = answer;
  const digest = createHash('sha256').update(bytes).digest('hex');
  return assetAt(assetOf({ digest, byteLength: bytes.length, head: bytes }), { bytes });
}

function assetOf({ digest, byteLength, head }: FileDigest): Asset {
  const mediaType: MediaType | 'application/octet-stream' =
    sniffMediaType(head.subarray(0, SNIFFED_BYTES)) ?? 'application/octet-stream';
  return { digest, mediaType, byteLength };
}
