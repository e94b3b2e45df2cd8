import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import pLimit from 'p-limit';
import { type Diagnostic, hasErrors } from '../manifest/diagnostic.ts';
import type { Character, Manifest } from '../manifest/manifest.ts';
import { MANIFEST_BYTES, parseManifest, tooLarge } from '../manifest/parse.ts';
import { lineIndex, type TextRange } from '../manifest/position.ts';
import { readAuthorFile, unreadable } from './author-file.ts';
import { type BookChapter, loadChapters } from './chapters.ts';
import { createDownload, type Download } from './download.ts';
import { loadPickups, type PickupRef } from './pickups.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';
import { placeSample, type SamplePlace } from './retail-sample.ts';
import { type LoadedAsset, loadCover, loadSamples } from './samples-and-cover.ts';

/** A manifest with everything that it names: texts cut into segments, recordings and cover measured. */
export interface Book {
  /** As it was given. */
  manifestPath: string;
  /** Real path of the folder that relative paths start from: the one the manifest itself, not a link to it, is in. */
  folder: string;
  manifest: Manifest;
  chapters: BookChapter[];
  /** Of the word lists; undefined when there are none. */
  wordsDigest?: string;
  /** By character name: the samples of all characters that have one and say something. */
  samples: Map<string, LoadedAsset>;
  cover?: LoadedAsset;
  /** Where the retail sample begins, when the manifest asks for one. */
  sample?: SamplePlace;
  /** The author's own recordings of lines, by the path as the text names it; and where the texts name them. */
  pickups: Map<string, LoadedAsset>;
  pickupRefs: PickupRef[];
}

/** A book when nothing stands against it; every mistake of all files; the texts that the mistakes point into. */
export interface BookReading {
  book?: Book;
  diagnostics: Diagnostic[];
  sources: Map<string, string>;
}

/** Files and downloads under way at once. */
const AT_ONCE = 8;

/**
 * Reads a manifest and all files that it names. The author's mistakes come back as diagnostics, all together; thrown are
 * only the world's failures: `input-unreadable` (a failing disk; trying again may help) and `interrupted`.
 *
 * Nothing outside the manifest's folder and `roots` is read, not through links either. With `roots` given, paths in the
 * manifest may be absolute or climb out of the folder. Changes nothing, so it is safe to run twice.
 *
 * @param download fetches samples that are named by address; replaced in tests, and by who must stay off the network
 */
export async function loadBook({
  manifestPath,
  roots = [],
  signal,
  download = createDownload(),
}: {
  manifestPath: string;
  roots?: readonly string[];
  signal?: AbortSignal;
  download?: Download;
}): Promise<BookReading> {
  const sources = new Map<string, string>();
  const opened = await openManifest({ manifestPath, signal });
  if ('refusal' in opened) return { diagnostics: [opened.refusal], sources };
  const { bytes, folder, shownFolder } = opened;

  const { manifest, draft, text, diagnostics } = parseManifest({
    file: manifestPath,
    bytes,
    pathsMayLeave: roots.length > 0,
  });
  if (text !== undefined) sources.set(manifestPath, text);
  const readable = manifest ?? draft?.manifest;
  if (!readable) return { diagnostics, sources };

  const inside = [folder, ...(await Promise.all(roots.map(realRoot)))];
  const context: ReadingContext = {
    manifestPath,
    folder,
    shownFolder,
    inside,
    signal,
    download,
    diagnostics,
    sources,
    limit: pLimit(AT_ONCE),
  };
  const speakers = draft?.speakers ?? readable.characters;
  const { chapters, wordsDigest } = await loadChapters({
    desk: context,
    manifest: readable,
    speakers,
    manifestLines: lineIndex(text ?? ''),
  });
  const spoken = new Set(chapters.flatMap(({ segments }) => segments.map(({ character }) => character)));
  const samples = await loadSamples({ desk: context, characters: readable.characters, spoken });
  const pickupRefs = chapters.flatMap((chapter) => chapter.pickupRefs);
  const pickups = await loadPickups(context, pickupRefs);
  const cover = readable.cover && (await loadCover(context, readable.cover));
  const sample = placeSample(context, readable, chapters);
  if (hasErrors(diagnostics) || !manifest) return { diagnostics, sources };
  warnOfSilence({ desk: context, characters: manifest.characters, spoken });
  warnOfSharing({ desk: context, characters: manifest.characters, samples });
  const words = wordsDigest !== undefined && { wordsDigest };
  const files = { samples, pickups, pickupRefs, ...(cover && { cover }), ...(sample && { sample }) };
  return { book: { manifestPath, folder, manifest, chapters, ...words, ...files }, diagnostics, sources };
}

interface OpenedManifest {
  bytes: Uint8Array;
  folder: string;
  shownFolder: string;
}

async function openManifest({
  manifestPath,
  signal,
}: {
  manifestPath: string;
  signal: AbortSignal | undefined;
}): Promise<OpenedManifest | { refusal: Diagnostic }> {
  const folder = dirname(await realPathIfAny(manifestPath));
  const request = {
    path: manifestPath,
    shown: basename(manifestPath),
    inside: [folder],
    maxBytes: MANIFEST_BYTES,
    signal,
  };
  const content = await readAuthorFile(request);
  if ('problem' in content) {
    const { byteLength, ...problem } = content.problem;
    if (problem.code === 'file-too-large' && byteLength !== undefined)
      return { refusal: tooLarge({ file: manifestPath, byteLength }) };
    return { refusal: { severity: 'error', file: manifestPath, ...problem } };
  }
  const given = dirname(manifestPath);
  return { bytes: content.bytes, folder, shownFolder: (await realPathIfAny(given)) === folder ? given : folder };
}

/** The path itself when there is nothing: whoever opens it next says why. */
async function realPathIfAny(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return resolve(path);
  }
}

async function realRoot(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    throw unreadable(root, error);
  }
}

function warnOfSilence({
  desk: context,
  characters,
  spoken,
}: {
  desk: ReadingContext;
  characters: readonly Character[];
  spoken: ReadonlySet<string>;
}): void {
  for (const { name, at } of characters) {
    if (spoken.has(name)) continue;
    const message = `"${name}" never speaks.`;
    addDiagnostic(
      context,
      at,
      { code: 'character-never-speaks', message, fix: 'Remove the character, or check the tags in the texts.' },
      'warning',
    );
  }
}

function warnOfSharing({
  desk: context,
  characters,
  samples,
}: {
  desk: ReadingContext;
  characters: readonly Character[];
  samples: ReadonlyMap<string, LoadedAsset>;
}): void {
  const owners = new Map<string, { names: string[]; second?: TextRange }>();
  for (const { name, source } of characters) {
    const digest = samples.get(name)?.asset.digest;
    if (digest === undefined || source.kind !== 'sample') continue;
    const known = owners.get(digest) ?? { names: [] };
    if (known.names.length === 1) known.second = source.ref.at;
    known.names.push(name);
    owners.set(digest, known);
  }
  // Once for each recording, whoever shares it: a manuscript that was just imported has a dozen of one stand-in.
  for (const { names, second } of owners.values()) {
    if (second === undefined) continue;
    const more = names.length > 5 ? ` and ${names.length - 4} more` : '';
    const listed = names.slice(0, more === '' ? 5 : 4).map((name) => `"${name}"`);
    const message =
      names.length === 2
        ? `This is the same recording as that of ${listed[0]}; the two will sound alike.`
        : `${names.length} characters have this recording and will sound alike: ${listed.join(', ')}${more}.`;
    const fix = 'Record another voice, or make one an alias of the other.';
    addDiagnostic(context, second, { code: 'shared-sample', message, fix }, 'warning');
  }
}
