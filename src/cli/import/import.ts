/** `pipeline import`: a manuscript → a folder with a manifest, chapters and cover. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, extname, relative } from 'node:path';
import { loadBook } from '../../book/load-book.ts';
import { importInThread } from '../../book/manuscript-thread.ts';
import { starterFiles } from '../../composition/starter-files.ts';
import { PipelineError, systemCode } from '../../errors.ts';
import type { Account } from '../../import/account.ts';
import { MANUSCRIPT_BYTES } from '../../import/archive.ts';
import { leftOutNotes } from '../../import/left-out.ts';
import { type ImportedFolder, writeImportedBook } from '../../import/write-folder.ts';
import { formatDiagnostics } from '../../manifest/diagnostic.ts';
import { DEFAULT_MODEL, MODELS } from '../../models.ts';
import { bookFolderName } from '../../plan/names.ts';
import { RULES, type Rule } from '../../script/speakers/reasons.ts';
import { EXIT, type ExitCode } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { besideLines, changesBeside, importPlace } from './beside.ts';

/** Flags of `import`. */
export interface ImportFlags {
  out?: string;
  cast?: boolean;
  keepMatter?: boolean;
  notes?: 'leave' | 'end';
  ruby?: 'base' | 'reading';
  title?: string;
  author?: string;
  language?: string;
  report?: string;
  json?: boolean;
  omitDisclosure?: string;
}

/**
 * Exit code 0 when the folder is written and passes `check`; 1 when not every letter is accounted for, so that nothing is
 * written; 2 when the manuscript or the folder is wrong. A folder that has a book already stays as it is: the import is written
 * beside it, and the difference is shown. A manuscript that takes too much time or memory is refused with code 2.
 */
export async function importCommand(manuscript: string, flags: ImportFlags): Promise<number> {
  const terminal = openTerminal();
  const refuse = (message: string, fix: string, code: string, exit: ExitCode = EXIT.wrongInput): number => {
    const diagnostic = { code, severity: 'error' as const, file: manuscript, message, fix };
    if (flags.json) terminal.raw(JSON.stringify({ type: 'import', ok: false, diagnostics: [diagnostic] }));
    else {
      const color = terminal.colorOnStderr;
      terminal.err(formatDiagnostics({ diagnostics: [diagnostic], sources: new Map(), color }));
    }
    return exit;
  };
  const bytes = await readBytes(manuscript);
  if ('message' in bytes) return refuse(bytes.message, bytes.fix, bytes.code);
  const asked = askedFacts(flags);
  if ('message' in asked) return refuse(asked.message, asked.fix, asked.code);
  const interrupt = onInterrupt(() => undefined);
  const imported = await importInThread(
    {
      name: manuscript,
      bytes: bytes.bytes,
      options: { keepMatter: flags.keepMatter ?? false, notes: flags.notes ?? 'leave', ruby: flags.ruby ?? 'base' },
      cast: flags.cast ?? false,
      asked,
      spoken: Object.keys(MODELS[DEFAULT_MODEL]!.languages),
    },
    { signal: interrupt.signal },
  ).finally(interrupt.release);
  if ('problem' in imported) {
    const { message, fix = '', code } = imported.problem;
    return refuse(message, fix, code, imported.isIncomplete ? EXIT.incomplete : EXIT.wrongInput);
  }
  const { book, language, files, found, account } = imported;
  const fallbackTitle = basename(manuscript, extname(manuscript));
  const wanted = flags.out ?? bookFolderName(book.title || fallbackTitle);
  const place = await importPlace(wanted);
  if (place === undefined) return refuse(...taken(wanted));
  const { folder, besideOf } = place;
  const written = await writeImportedBook({
    book,
    language,
    files,
    found,
    folder,
    fallbackTitle,
    standIns: starterFiles(),
    omitDisclosure: flags.omitDisclosure,
  });
  if (written === undefined) return refuse(...taken(folder));
  const changes = besideOf === undefined ? undefined : await changesBeside(besideOf, files);
  if (flags.report !== undefined) await writeReport(flags.report, account);
  const loaded = await loadBook({ manifestPath: written.manifestPath });
  const ok = loaded.book !== undefined;
  const beside = besideOf !== undefined && { besideOf, changes };
  const told = {
    ...written,
    ...beside,
    letters: account.letters,
    notes: [...leftOutNotes(account.leftOut), ...written.notes],
  };
  if (flags.json) terminal.raw(JSON.stringify({ type: 'import', ok, ...told, diagnostics: loaded.diagnostics }));
  else {
    printWritten(told, terminal);
    if (besideOf !== undefined && changes !== undefined)
      for (const line of besideLines({ folder, besideOf }, changes)) terminal.out(line);
    if (!ok) printDiagnostics(loaded, terminal);
  }
  return ok ? EXIT.ok : EXIT.wrongInput;
}

function taken(folder: string): [message: string, fix: string, code: string] {
  const message = `The folder "${folder}" is not empty, and has no imported book (book.yaml and chapters/).`;
  return [message, 'Name another folder with --out.', 'folder-taken'];
}

/** What the command line says about the book; it takes precedence over the manuscript. */
function askedFacts({ title, author, language }: ImportFlags): Asked | Refusal {
  const empty = Object.entries({ title, author, language }).find(([, value]) => value?.trim() === '');
  if (empty)
    return {
      message: `--${empty[0]} is empty.`,
      fix: 'Write its value, or leave the option out.',
      code: 'empty-value',
    };
  const known = Object.keys(MODELS[DEFAULT_MODEL]!.languages);
  const code = language?.trim().toLowerCase().split(/[-_]/)[0];
  if (code !== undefined && !known.includes(code)) {
    const message = `The model does not speak "${language}".`;
    return { message, fix: `Write one of: ${known.join(', ')}.`, code: 'unknown-language' };
  }
  return {
    ...(title !== undefined && { title: title.trim() }),
    ...(author !== undefined && { author: author.trim() }),
    ...(code !== undefined && { language: code }),
  };
}

type Asked = { title?: string; author?: string; language?: string };

async function writeReport(path: string, account: Account): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(account, undefined, 2)}\n`);
  } catch (error) {
    const message = `Cannot write the report ${path} (${systemCode(error) ?? 'unknown reason'}). The book is imported.`;
    throw new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  }
}

type Refusal = { message: string; fix: string; code: string };

async function readBytes(path: string): Promise<{ bytes: Uint8Array } | Refusal> {
  try {
    const { size } = await stat(path);
    if (size > MANUSCRIPT_BYTES) {
      const message = `"${path}" is larger than ${MANUSCRIPT_BYTES / 1024 / 1024} MB.`;
      return { message, fix: 'Make sure that it is the book, and remove large pictures.', code: 'file-too-large' };
    }
    return { bytes: await readFile(path) };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { message: `There is no file "${path}".`, fix: 'Check the path.', code: 'file-not-found' };
    if (code === 'EISDIR')
      return { message: `"${path}" is a folder.`, fix: 'Name the manuscript file.', code: 'not-a-file' };
    const message = `Cannot read ${path} (${code ?? 'unknown reason'}).`;
    throw new PipelineError({ code: 'input-unreadable', message, retry: 'never', cause: error });
  }
}

function printWritten(written: ImportedFolder & Pick<Account, 'letters'>, terminal: Terminal): void {
  const { manifestPath, chapters, cast, notes, letters } = written;
  terminal.out(
    `${plain(relative('.', manifestPath))}: ${counted(chapters.length, 'chapter')}, ${grouped(letters.chapters)} of ${grouped(letters.source)} letters; ${grouped(letters.leftOut)} left out.`,
  );
  for (const [index, { title }] of chapters.entries()) terminal.out(`  ${index + 1}. ${plain(title)}`);
  if (cast) {
    const certain = cast.quotations - cast.toReview;
    terminal.out(
      `${counted(cast.quotations, 'quotation')}: ${grouped(certain)} with a known speaker, ${grouped(cast.toReview)} marked [?] for review.`,
    );
    for (const [rule, count] of Object.entries(cast.rules)) terminal.out(`  ${grouped(count)}: ${RULES[rule as Rule]}`);
    for (const { name, aliases = [], quotations } of cast.characters) {
      const also = aliases.length > 0 ? ` (also ${aliases.map(plain).join(', ')})` : '';
      terminal.out(`  ${plain(name)}${also}: ${counted(quotations, 'quotation')}`);
    }
  }
  for (const note of notes) terminal.out(terminal.paint('dim', plain(note)));
  terminal.out(`Next: pipeline run ${shellWord(relative('.', manifestPath))} --simulate`);
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
