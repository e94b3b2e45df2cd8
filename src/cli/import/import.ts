/** `pipeline import`: a manuscript → a folder with a manifest, chapters and cover. */
import { writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { PipelineError, systemCode } from '../../errors.ts';
import type { Account } from '../../import/account.ts';
import type { ImportedFolder } from '../../import/write/write-folder.ts';
import { type ImportOptions, importManuscript, type RefusedImport } from '../../library/import-manuscript.ts';
import { formatDiagnostics } from '../../manifest/diagnostics/diagnostic.ts';
import { RULES, type Rule } from '../../script/speakers/reasons.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { besideLines } from './beside.ts';

/** Flags of `import`. */
export interface ImportFlags extends ImportOptions {
  report?: string;
  json?: boolean;
}

/**
 * Exit code 0 when the folder is written and passes `check`; 1 when not every letter is accounted for, so that nothing is
 * written; 2 when the manuscript or the folder is wrong. A folder that has a book already stays as it is: the import is written
 * beside it, and the difference is shown. A manuscript that takes too much time or memory is refused with code 2.
 */
export async function importCommand(manuscript: string, flags: ImportFlags): Promise<number> {
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => undefined);
  const done = await importManuscript(manuscript, { ...flags, signal: interrupt.signal }).finally(interrupt.release);
  if ('problem' in done) return refuse(manuscript, done, { flags, terminal });
  const { written, account, loaded } = done;
  if (flags.report !== undefined) await writeReport(flags.report, account);
  const ok = loaded.book !== undefined;
  const { leftOut: _, folder, ...told } = written;
  const { besideOf, changes } = written;
  if (flags.json) terminal.raw(JSON.stringify({ type: 'import', ok, ...told, diagnostics: loaded.diagnostics }));
  else {
    printWritten(told, terminal);
    if (besideOf !== undefined && changes !== undefined)
      for (const line of besideLines({ folder, besideOf }, changes)) terminal.out(line);
    if (!ok) printDiagnostics(loaded, terminal);
  }
  return ok ? EXIT.ok : EXIT.wrongInput;
}

function refuse(
  file: string,
  { problem, isUnaccounted }: RefusedImport,
  { flags, terminal }: { flags: ImportFlags; terminal: Terminal },
): number {
  const diagnostic = { severity: 'error' as const, file, ...problem };
  if (flags.json) terminal.raw(JSON.stringify({ type: 'import', ok: false, diagnostics: [diagnostic] }));
  else {
    const color = terminal.colorOnStderr;
    terminal.err(formatDiagnostics({ diagnostics: [diagnostic], sources: new Map(), color }));
  }
  return isUnaccounted ? EXIT.incomplete : EXIT.wrongInput;
}

async function writeReport(path: string, account: Account): Promise<void> {
  try {
    await writeFile(path, `${JSON.stringify(account, undefined, 2)}\n`);
  } catch (error) {
    const message = `Cannot write the report ${path} (${systemCode(error) ?? 'unknown reason'}). The book is imported.`;
    throw new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
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
