/** Writes an imported manuscript as a folder with a manifest, a text file per chapter, the cover and placeholder voices. */
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { PipelineError, systemCode } from '../../errors.ts';
import { LONGEST_TITLE } from '../../manifest/schema.ts';
import { DEFAULT_MODEL } from '../../models.ts';
import type { FoundCast, ImportedManuscript } from '../import-manuscript.ts';
import { clean } from './book-text.ts';
import { noteOfBrackets } from './brackets.ts';
import type { ChapterFile } from './chapter-files.ts';
import { type ManifestParts, manifestText } from './manifest-text.ts';

/** What was written. */
export interface ImportedFolder {
  manifestPath: string;
  chapters: { title: string; file: string; characters: number }[];
  /** The speakers that `--cast` found. Absent: without it. */
  cast?: FoundCast;
  /** What the editor must know: what was left out, what is a placeholder. */
  notes: string[];
}

/** Files of the program that serve as placeholders until the editor has recorded others. */
export interface StarterFiles {
  /** Two recordings: one for the narrator, one for all other characters. */
  voices: readonly [narrator: string, other: string];
  /** The manifest's JSON Schema. */
  schema: string;
}

/**
 * Writes the folder atomically: builds a temporary folder next to it and renames it. Returns `undefined` and changes nothing
 * if the folder is not empty, so that a second run cannot overwrite an editor's work. Throws `store-unwritable` and
 * `disk-full`, which the operator can fix.
 */
export async function writeImportedBook({
  book,
  language,
  folder,
  fallbackTitle,
  files,
  found,
  standIns,
  omitDisclosure,
}: {
  book: ImportedManuscript['book'];
  /** For the manifest: one that the model speaks. */
  language: string;
  /** Of its chapters: see `chapterFiles`. */
  files: readonly ChapterFile[];
  /** Its speakers, if they were looked for. */
  found: FoundCast | undefined;
  /** Created; must not exist, or be empty. */
  folder: string;
  /** The title when the manuscript has none. */
  fallbackTitle: string;
  standIns: StarterFiles;
  /** Why the opening credits do not say that cloned voices speak. Absent: they do. */
  omitDisclosure?: string | undefined;
}): Promise<ImportedFolder | undefined> {
  if (!(await isEmptyOrMissing(folder))) return undefined;
  const target = resolve(folder);
  let staging: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    staging = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    const written = await writeFiles({
      book,
      language,
      target,
      building: staging,
      fallbackTitle,
      files,
      found,
      standIns,
      omitDisclosure,
    });
    await rm(target, { recursive: true, force: true });
    await rename(staging, target);
    return { ...written, manifestPath: join(folder, MANIFEST) };
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
    throw unwritable(folder, error);
  }
}

const MANIFEST = 'book.yaml';

/** Whether the folder is missing or empty. */
async function isEmptyOrMissing(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return true;
    if (systemCode(error) === 'ENOTDIR') return false;
    throw unwritable(folder, error);
  }
}

function unwritable(folder: string, error: unknown): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  const message = `Cannot write ${folder} (${code}). No partial files were left there.`;
  return new PipelineError({ code: full ? 'disk-full' : 'store-unwritable', message, retry: 'never', cause: error });
}

interface Parts {
  book: ImportedManuscript['book'];
  language: string;
  target: string;
  building: string;
  fallbackTitle: string;
  files: readonly ChapterFile[];
  found: FoundCast | undefined;
  standIns: StarterFiles;
  omitDisclosure: string | undefined;
}

async function writeFiles(parts: Parts): Promise<Omit<ImportedFolder, 'manifestPath'>> {
  const { book, target, building: staging, files, found, standIns } = parts;
  const brackets = noteOfBrackets(files);
  const notes = [...book.notes, ...(brackets === undefined ? [] : [brackets])];
  await mkdir(join(staging, 'chapters'));
  const chapters: ImportedFolder['chapters'] = [];
  for (const { title, file, text } of files) {
    await writeFile(join(staging, file), text);
    chapters.push({ title, file, characters: [...text].length });
  }
  if (book.cover) await writeFile(join(staging, `cover.${book.cover.extension}`), book.cover.bytes);
  const manifest = manifestText({
    title: titleOf(book.title) || parts.fallbackTitle,
    author: titleOf(book.author ?? ''),
    publication: book.publication,
    language: parts.language,
    model: DEFAULT_MODEL,
    cover: book.cover && `cover.${book.cover.extension}`,
    // An editor reads it as an address, on every system.
    schema: relative(target, standIns.schema).replaceAll(sep, '/'),
    characters: await writeVoices({ building: staging, standIns, found, notes }),
    chapters,
    omitDisclosure: parts.omitDisclosure,
  });
  await writeFile(join(staging, MANIFEST), manifest);
  return { chapters, notes, ...(found && { cast: found }) };
}

function titleOf(text: string): string {
  return [...clean(text).replace(/\s+/g, ' ')]
    .slice(0, LONGEST_TITLE - 1)
    .join('')
    .trim();
}

async function writeVoices({
  building: staging,
  standIns,
  found,
  notes,
}: {
  building: string;
  standIns: StarterFiles;
  found: FoundCast | undefined;
  notes: string[];
}): Promise<ManifestParts['characters']> {
  const [narrator, other] = standIns.voices;
  const extensions = [narrator, other].map((path) => path.slice(path.lastIndexOf('.')));
  await mkdir(join(staging, 'voices'));
  await copyFile(narrator, join(staging, `voices/narrator${extensions[0]}`));
  const characters: ManifestParts['characters'] = [
    {
      name: 'narrator',
      sample: `voices/narrator${extensions[0]}`,
      comment: 'A placeholder: put a recording of your narrator here.',
    },
  ];
  notes.push('The voices are placeholders: put your own recordings into voices/ before the real run.');
  if (!found || found.characters.length === 0) return characters;
  await copyFile(other, join(staging, `voices/others${extensions[1]}`));
  for (const { name, aliases = [], quotations } of found.characters) {
    const comment = `${quotations} quotations. A placeholder: give this character its own recording.`;
    characters.push({ name, sample: `voices/others${extensions[1]}`, aliases, comment });
  }
  return characters;
}
