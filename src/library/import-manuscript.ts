/** A manuscript turned into a folder with a manifest, a text for each chapter, and the cover. For the command and the library. */
import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { type BookReading, loadBook } from '../book/load-book.ts';
import { importInThread } from '../book/threads/manuscript-thread.ts';
import { withPackages } from '../composition/optional-packages.ts';
import { starterFiles } from '../composition/starter-files.ts';
import { readNamedFile } from '../config/named-file.ts';
import { PipelineError, systemCode } from '../errors.ts';
import type { Account } from '../import/account.ts';
import { leftOutNotes } from '../import/left-out.ts';
import type { ChapterChange } from '../import/write/chapter-changes.ts';
import { type ImportedFolder, writeImportedBook } from '../import/write/write-folder.ts';
import { MANUSCRIPT_BYTES } from '../import/zip/archive.ts';
import type { Diagnostic } from '../manifest/diagnostics/diagnostic.ts';
import { languageByName } from '../manifest/fields/language-by-name.ts';
import { DEFAULT_MODEL, MODELS } from '../models.ts';
import { bookFolderName } from '../plan/names.ts';
import { changesBeside, importPlace } from './import-place.ts';
import { ManifestError } from './manifest-error.ts';

/** Options of `importBook`. */
export interface ImportOptions {
  /** Folder to write to. Default: the book's title, in the working folder. */
  out?: string | undefined;
  /** Assign each quotation to the speaker that the text names. Default: no. */
  cast?: boolean | undefined;
  /** Keep the title page, copyright page, index and similar parts. Default: no. */
  keepMatter?: boolean | undefined;
  /** Leave notes out, or read each at the end of its paragraph. Default: `leave`. */
  notes?: 'leave' | 'end' | undefined;
  /** Read the characters below ruby, or the reading above them. Default: `base`. */
  ruby?: 'base' | 'reading' | undefined;
  /** Pages of a PDF that are read, such as `5-310,312`; the others are left out. Default: all. */
  pages?: string | undefined;
  /** Title, author and language code, if the manuscript has none or wrong ones. */
  title?: string | undefined;
  author?: string | undefined;
  language?: string | undefined;
  /** Do not have the opening credits say that cloned voices speak; the reason stands in the report. */
  omitDisclosure?: string | undefined;
  /** Ends the import; nothing is written then. */
  signal?: AbortSignal | undefined;
}

/** What was written. */
export interface ImportedManuscript extends ImportedFolder {
  /** The folder. */
  folder: string;
  /** The folder with the book that was there already and stays as it is. Absent: there was none. */
  besideOf?: string;
  /** Each chapter against those in that folder. */
  changes?: ChapterChange[];
  /** How many letters the manuscript has, how many are in the chapters, and how many were left out. */
  letters: Account['letters'];
  /** What was left out, and why. */
  leftOut: Account['leftOut'];
}

/** An import that could not be done: nothing was written. */
export interface RefusedImport {
  problem: Pick<Diagnostic, 'code' | 'message' | 'fix'>;
  /** Not every letter is accounted for: a fault of the program, not of the manuscript. */
  isUnaccounted?: true;
}

/** What the import wrote, the account of its letters, and the book as it is read back. */
export interface DoneImport {
  written: ImportedManuscript;
  account: Account;
  loaded: BookReading;
}

/**
 * Imports it. A folder that has a book already stays as it is: the import is written beside it. A manuscript that takes too
 * much time or memory is refused.
 */
export async function importManuscript(
  manuscript: string,
  options: ImportOptions,
): Promise<DoneImport | RefusedImport> {
  const read = await readBytes(manuscript);
  if ('problem' in read) return read;
  const asked = askedFacts(options);
  if ('problem' in asked) return asked;
  const { keepMatter = false, notes = 'leave', ruby = 'base', cast = false, omitDisclosure } = options;
  const spoken = Object.keys(MODELS[DEFAULT_MODEL]!.languages);
  const pages = pagesOf(options.pages);
  if (pages !== undefined && 'problem' in pages) return pages;
  const task = {
    name: manuscript,
    bytes: read.bytes,
    options: { keepMatter, notes, ruby, pages },
    cast,
    asked,
    spoken,
  };
  const imported = await withPackages('pdf', () => importInThread(task, { signal: options.signal }));
  if ('problem' in imported) {
    const { problem, isIncomplete } = imported;
    return { problem, ...(isIncomplete && { isUnaccounted: true }) };
  }
  const { book, language, files, found, account } = imported;
  const fallbackTitle = basename(manuscript, extname(manuscript));
  const wanted = options.out ?? bookFolderName(book.title || fallbackTitle);
  const place = await importPlace(wanted);
  if (place === undefined) return taken(wanted);
  const { folder, besideOf } = place;
  const facts = { book, language, files, found, folder, fallbackTitle, standIns: starterFiles(), omitDisclosure };
  const written = await writeImportedBook(facts);
  if (written === undefined) return taken(folder);
  const beside = besideOf !== undefined && { besideOf, changes: await changesBeside(besideOf, files) };
  const { letters, leftOut } = account;
  return {
    written: { ...written, folder, ...beside, letters, leftOut, notes: [...leftOutNotes(leftOut), ...written.notes] },
    account,
    loaded: await loadBook({ manifestPath: written.manifestPath }),
  };
}

/** The same for a program: throws `ManifestError` with what is wrong, with the manuscript or with what was written. */
export async function importBook(manuscript: string, options: ImportOptions): Promise<ImportedManuscript> {
  const done = await importManuscript(manuscript, options);
  if ('problem' in done) {
    const { problem } = done;
    throw new ManifestError(manuscript, [{ severity: 'error', file: manuscript, ...problem }]);
  }
  const { written, loaded } = done;
  if (loaded.book === undefined) throw new ManifestError(written.manifestPath, loaded.diagnostics);
  return written;
}

function taken(folder: string): RefusedImport {
  const message = `The folder "${folder}" is not empty, and has no imported book (book.yaml and chapters/).`;
  return { problem: { code: 'folder-taken', message, fix: 'Name another folder with --out.' } };
}

type Asked = { title?: string; author?: string; language?: string };

/** What the command or the program says about the book; it takes precedence over the manuscript. */
function askedFacts({ title, author, language }: ImportOptions): Asked | RefusedImport {
  const empty = Object.entries({ title, author, language }).find(([, value]) => value?.trim() === '');
  if (empty)
    return {
      problem: {
        code: 'empty-value',
        message: `--${empty[0]} is empty.`,
        fix: 'Write its value, or leave the option out.',
      },
    };
  const known = Object.keys(MODELS[DEFAULT_MODEL]!.languages);
  const code = language?.trim().toLowerCase().split(/[-_]/)[0];
  if (code !== undefined && !known.includes(code)) {
    const message = `The model does not speak "${language}".`;
    const byName = languageByName(language!.trim(), known);
    return {
      problem: {
        code: 'unknown-language',
        message,
        fix: byName ? `Write "${byName}".` : `Write one of: ${known.join(', ')}.`,
      },
    };
  }
  return {
    ...(title !== undefined && { title: title.trim() }),
    ...(author !== undefined && { author: author.trim() }),
    ...(code !== undefined && { language: code }),
  };
}

const MOST_PAGES = 100_000;

/** Indexes from 0 of pages such as `5-310,312`. */
function pagesOf(text: string | undefined): Set<number> | RefusedImport | undefined {
  if (text === undefined) return undefined;
  const ranges = text.split(',').map((range) => /^\s*(\d{1,6})(?:\s*-\s*(\d{1,6}))?\s*$/.exec(range));
  const pages = new Set<number>();
  for (const range of ranges) {
    const [from, to] = [Number(range?.[1] ?? 0), Number(range?.[2] ?? range?.[1] ?? 0)];
    if (from < 1 || to < from || to > MOST_PAGES) {
      const message = `--pages is "${text}", which is no list of pages.`;
      return { problem: { code: 'wrong-pages', message, fix: 'Write numbers and ranges, such as 5-310,312.' } };
    }
    for (let page = from; page <= to; page++) pages.add(page - 1);
  }
  return pages;
}

async function readBytes(path: string): Promise<{ bytes: Uint8Array } | RefusedImport> {
  const refuse = (code: string, message: string, fix: string): RefusedImport => ({ problem: { code, message, fix } });
  try {
    const { size } = await stat(path);
    if (size > MANUSCRIPT_BYTES) {
      const message = `"${path}" is larger than ${MANUSCRIPT_BYTES / 1024 / 1024} MB.`;
      return refuse('file-too-large', message, 'Make sure that it is the book, and remove large pictures.');
    }
    return { bytes: await readNamedFile(path) };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return refuse('file-not-found', `There is no file "${path}".`, 'Check the path.');
    if (code === 'EISDIR') return refuse('not-a-file', `"${path}" is a folder.`, 'Name the manuscript file.');
    if (code === 'named-pipe') return refuse('not-a-file', `"${path}" is a pipe.`, 'Name the manuscript file.');
    const message = `Cannot read ${path} (${code ?? 'unknown reason'}).`;
    throw new PipelineError({ code: 'input-unreadable', message, retry: 'never', cause: error });
  }
}
