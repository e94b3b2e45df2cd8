import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import pLimit from 'p-limit';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { DiagnosticList } from '../manifest/diagnostics/diagnostic-list.ts';
import { modelOfVoices } from '../manifest/fields/voices.ts';
import type { Character, Manifest, PlacedPronunciation } from '../manifest/manifest.ts';
import { MANIFEST_BYTES, parseManifest, tooLarge } from '../manifest/parse.ts';
import { lineIndex, type TextRange } from '../manifest/yaml/position.ts';
import { DEFAULT_MODEL } from '../models.ts';
import { type BookChapter, loadChapters } from './chapters.ts';
import { loadCover, loadSamples } from './cover/samples-and-cover.ts';
import type { BookReview } from './decided-lines.ts';
import { createDownload, type Download } from './download.ts';
import { readAuthorFile, unreadable } from './edit/author-file.ts';
import { FileNames } from './file-names.ts';
import type { LoadedAsset } from './loaded-asset.ts';
import { loadPickups, type PickupRef } from './pickups.ts';
import type { SpelledPlaces } from './pronunciations.ts';
import { addDiagnostic, type ReadingContext } from './reading-context.ts';
import { findRetailSampleStart, type RetailSampleStart } from './retail-sample.ts';
import { readReviewFile } from './review-file.ts';

/** A manifest with everything that it names: texts cut into segments, digests of recordings and cover. */
export interface Book {
  /** As given. */
  manifestPath: string;
  /** Real path of the folder of the manifest itself, not of a link to it; the base of relative paths. */
  folder: string;
  manifest: Manifest;
  chapters: BookChapter[];
  /** The pronunciations of the book and its file, without those of characters; may be empty. */
  wordList: readonly PlacedPronunciation[];
  /** SHA-256 of the pronunciations. Absent: none. */
  wordsDigest?: string;
  /** What `spell` spells out, by class. Absent: the manifest has none. */
  spelled?: SpelledPlaces;
  /** By character name: the samples of all speaking characters that have one. */
  samples: Map<string, LoadedAsset>;
  cover?: LoadedAsset;
  /** Where the retail sample begins. Absent: none. */
  sample?: RetailSampleStart;
  /** The author's own recordings of lines, by the path in the text; and where the texts name them. */
  pickups: Map<string, LoadedAsset>;
  pickupRefs: PickupRef[];
  /** What the review file beside the manifest changes. Absent: there is none. */
  review?: BookReview;
}

/** The model of a book whose manifest names none, and where it comes from. */
export interface ModelChoice {
  model: string;
  from: 'lock' | 'last-run' | 'begun' | 'store' | 'voices' | 'server' | 'default';
}

/**
 * Chooses the model of a book whose manifest names none. `manifest` is the file's name, `folder` its real folder;
 * `ofVoices` is the model that the IDs of its voices speak of.
 */
export type ModelChooser = (book: {
  folder: string;
  manifest: string;
  title: string;
  author: string;
  ofVoices: string | undefined;
}) => Promise<ModelChoice>;

/** The book if there is no error; all diagnostics of all files; the texts that they point into. */
export interface BookReading {
  book?: Book;
  diagnostics: Diagnostic[];
  sources: Map<string, string>;
  /** Absent when the manifest names its model. */
  modelChoice?: ModelChoice;
}

/** Files and downloads to read at the same time. */
const CONCURRENT_READS = 8;

/**
 * Reads a manifest and all files that it names. Returns all of the author's errors together as diagnostics; throws only
 * `input-unreadable` (a failing disk; a retry may help) and `interrupted`.
 *
 * Reads nothing outside the manifest's folder and `roots`, not even through links. With `roots`, paths in the manifest may be
 * absolute or lead out of the folder. Read-only; safe to run twice.
 *
 * @param modelFor chooses the model of a manifest that names none; default: the release's
 * @param edit changes the manifest's bytes before they are read: a book as it would be. The file stays as it is
 * @param decided a review file to read in place of the one beside the manifest: a book as it would be
 * @param download fetches samples with an address; replaced in tests and by callers that must stay offline
 */
export async function loadBook({
  manifestPath,
  roots = [],
  signal,
  modelFor = releaseModel,
  edit = (bytes) => bytes,
  decided,
  download = createDownload(),
}: {
  manifestPath: string;
  roots?: readonly string[];
  signal?: AbortSignal;
  modelFor?: ModelChooser;
  edit?: (bytes: Uint8Array) => Uint8Array;
  decided?: Uint8Array;
  download?: Download;
}): Promise<BookReading> {
  const sources = new Map<string, string>();
  const opened = await openManifest({ manifestPath, signal });
  if ('refusal' in opened) return { diagnostics: [opened.refusal], sources };
  const { folder, shownFolder } = opened;
  const bytes = edit(opened.bytes);

  const source = { file: manifestPath, bytes, pathsMayLeave: roots.length > 0 };
  const first = parseManifest(source);
  const unnamed = first.modelIsUnnamed ? (first.manifest ?? first.draft?.manifest) : undefined;
  const modelChoice = unnamed && (await choose(unnamed));
  const {
    manifest,
    draft,
    text,
    diagnostics: parsed,
  } = modelChoice === undefined || modelChoice.model === unnamed?.model
    ? first
    : parseManifest({ ...source, model: modelChoice.model });
  if (text !== undefined) sources.set(manifestPath, text);
  const readable = manifest ?? draft?.manifest;
  if (!readable) return { diagnostics: parsed, sources };

  const found = new DiagnosticList();
  found.add(...parsed);
  const inside = [folder, ...(await Promise.all(roots.map(realRoot)))];
  const context: ReadingContext = {
    manifestPath,
    folder,
    shownFolder,
    inside,
    signal,
    download,
    diagnostics: found,
    sources,
    limit: pLimit(CONCURRENT_READS),
    fileNames: new FileNames(),
  };
  const speakers = draft?.speakers ?? readable.characters;
  const reviewFile = await readReviewFile(manifestPath, { signal, instead: decided });
  found.add(...(reviewFile?.diagnostics ?? []));
  if (reviewFile?.text !== undefined) sources.set(reviewFile.file, reviewFile.text);
  const {
    chapters,
    wordList = [],
    wordsDigest,
    spelled,
    review,
  } = await loadChapters({
    context,
    manifest: readable,
    speakers,
    manifestLines: lineIndex(text ?? ''),
    review: reviewFile,
  });
  const spoken = new Set(chapters.flatMap(({ segments }) => segments.map(({ character }) => character)));
  const samples = await loadSamples({ context, characters: readable.characters, spoken });
  const pickupRefs = chapters.flatMap((chapter) => chapter.pickupRefs);
  const pickups = await loadPickups(context, pickupRefs);
  const cover = readable.cover && (await loadCover(context, readable.cover));
  const retailSample = findRetailSampleStart(context, readable, chapters);
  if (found.hasErrors || !manifest) return { diagnostics: found.all, sources };
  warnSilentCharacters({ context, characters: manifest.characters, spoken });
  warnSharedSamples({ context, characters: manifest.characters, samples });
  const words = wordsDigest !== undefined && { wordsDigest };
  const files = {
    samples,
    pickups,
    pickupRefs,
    ...(cover && { cover }),
    ...(retailSample && { sample: retailSample }),
    ...(review && { review }),
    ...(spelled && { spelled }),
  };
  const book = { manifestPath, folder, manifest, chapters, wordList, ...words, ...files };
  return { book, diagnostics: found.all, sources, ...(modelChoice && { modelChoice }) };

  function choose({ title, author = '', characters }: Manifest): Promise<ModelChoice> {
    const ofVoices = modelOfVoices(
      characters.flatMap(({ source, model }) =>
        source.kind === 'voice' && model === undefined ? [source.voiceId] : [],
      ),
    );
    return modelFor({ folder, manifest: basename(manifestPath), title, author, ofVoices });
  }
}

const releaseModel: ModelChooser = async ({ ofVoices }) =>
  ofVoices === undefined ? { model: DEFAULT_MODEL, from: 'default' } : { model: ofVoices, from: 'voices' };

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

/** The path itself when there is nothing; opening it reports the error. */
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

function warnSilentCharacters({
  context,
  characters,
  spoken,
}: {
  context: ReadingContext;
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

function warnSharedSamples({
  context,
  characters,
  samples,
}: {
  context: ReadingContext;
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
  // One warning per recording: in a newly imported book many characters share a placeholder.
  for (const { names, second } of owners.values()) {
    if (second === undefined) continue;
    const more = names.length > 5 ? ` and ${names.length - 4} more` : '';
    const listed = names.slice(0, more === '' ? 5 : 4).map((name) => `"${name}"`);
    const message =
      names.length === 2
        ? `This is the same recording as that of ${listed[0]}; the two will sound the same.`
        : `${names.length} characters have this recording and will sound the same: ${listed.join(', ')}${more}.`;
    const fix = 'Record another voice, or make one an alias of the other.';
    addDiagnostic(context, second, { code: 'shared-sample', message, fix }, 'warning');
  }
}
