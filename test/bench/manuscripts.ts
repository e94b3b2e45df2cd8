/**
 * `npm run bench manuscripts DIR`: imports every file of a folder, without writing, and prints what became of its letters beside
 * a plain reading by Pandoc, a program that shares nothing with this one. docs/how-to/manuscripts.md has a table made with it.
 */
import { execFileSync } from 'node:child_process';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { readPdfDocument } from '../../src/book/pdf/pdf-document.ts';
import { accountFor } from '../../src/import/account.ts';
import { isReadablePdf } from '../../src/import/other-formats.ts';
import { readManuscript } from '../../src/import/read.ts';
import { chapterFiles } from '../../src/import/write/chapter-files.ts';
import { pdfLetters } from '../../src/letters/pdf-letters.ts';
import { sourceLetters } from '../../src/letters/source-letters.ts';

/** What became of a file. */
interface Outcome {
  kind: string;
  /** `read`, `refused` with a reason, `lost` when the account does not balance, or `crash`. */
  end: 'read' | 'refused' | 'lost' | 'crash';
  chapters: number;
  letters: number;
  leftOut: number;
  /** Letters in Pandoc's reading that the manuscript, read or left out, does not have. Undefined without Pandoc's. */
  missing: number | undefined;
  seconds: number;
  megabytes: number;
  message: string;
}

/** Bars of issue 17: no crash, no letter lost, and at most a second for each megabyte, but no less than two. */
export async function manuscripts(folder: string, say: (line: string) => void): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const path of filesIn(folder)) {
    const outcome = await outcomeOf(path);
    const { kind, end, chapters, letters, leftOut, missing, seconds, megabytes, message } = outcome;
    const against = missing === undefined ? '' : `, ${missing} missing`;
    const read = `${chapters} chapters, ${letters} letters, ${leftOut} left out${against}`;
    say(
      `${relative(folder, path)}: ${kind}, ${end === 'read' ? read : `${end}: ${message}`}, ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB`,
    );
    outcomes.push(outcome);
  }
  say('');
  for (const line of tableOf(outcomes)) say(line);
  return outcomes.every(({ end }) => end === 'read' || end === 'refused');
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry: Dirent) => entry.isFile() && entry.name !== 'expected.txt')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function outcomeOf(path: string): Promise<Outcome> {
  const bytes = readFileSync(path);
  const cpu = process.cpuUsage();
  const before = process.resourceUsage().maxRSS;
  const ended = await importOf(path, bytes);
  const { user, system } = process.cpuUsage(cpu);
  const megabytes = (process.resourceUsage().maxRSS - before) / 1024;
  return {
    ...{
      kind: extname(path).slice(1).toLowerCase() || 'none',
      chapters: 0,
      letters: 0,
      leftOut: 0,
      missing: undefined,
    },
    ...{ message: '', seconds: (user + system) / 1e6, megabytes },
    ...ended,
  };
}

async function importOf(path: string, bytes: Uint8Array): Promise<Pick<Outcome, 'end'> & Partial<Outcome>> {
  try {
    const opened = isReadablePdf(bytes) ? await readPdfDocument(bytes) : undefined;
    if (opened !== undefined && 'problem' in opened) return { end: 'refused', message: opened.problem.message };
    const pdf = opened?.pdf;
    const reading = readManuscript({ name: path, bytes, pdf });
    if ('problem' in reading) return { end: 'refused', message: reading.problem.message };
    const { chapters, omissions = [] } = reading.book;
    const source = pdf === undefined ? sourceLetters(bytes, path) : pdfLetters(pdf.pages);
    const texts = chapterFiles(reading.book, false).files.map(({ text }) => text);
    const account = accountFor({ source, chapters, texts, omissions });
    if ('problem' in account) return { end: 'lost', message: account.problem.message };
    const missing = missingIn(source.map(({ letters }) => letters).join(''), path);
    const { letters } = account;
    return { end: 'read', chapters: chapters.length, letters: letters.chapters, leftOut: letters.leftOut, missing };
  } catch (error) {
    return { end: 'crash', message: error instanceof Error ? error.message : String(error) };
  }
}

const PANDOC: Readonly<Record<string, string>> = {
  ...{ '.epub': 'epub', '.docx': 'docx', '.odt': 'odt', '.html': 'html', '.htm': 'html', '.md': 'markdown' },
};

const STDIO: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];

/** Letters alone: Pandoc writes the numbers of lists and notes, which are no text of the file. */
function missingIn(source: string, path: string): number | undefined {
  const format = PANDOC[extname(path).toLowerCase()];
  const isPdf = extname(path).toLowerCase() === '.pdf';
  if (format === undefined && !isPdf) return undefined;
  let plain: string;
  try {
    const of = { encoding: 'utf8' as const, timeout: 60_000, maxBuffer: 1 << 28, stdio: STDIO };
    plain = isPdf
      ? execFileSync('pdftotext', ['-q', path, '-'], of)
      : execFileSync('pandoc', ['--from', format!, '--to', 'plain', '--wrap=none', path], of);
  } catch {
    return undefined;
  }
  const counts = new Map<string, number>();
  for (const letter of source.normalize('NFC').match(/\p{L}/gu) ?? [])
    counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let missing = 0;
  for (const letter of plain.normalize('NFC').match(/\p{L}/gu) ?? []) {
    const left = counts.get(letter) ?? 0;
    if (left === 0) missing++;
    else counts.set(letter, left - 1);
  }
  return missing;
}

/** A row for each kind of file. */
function tableOf(outcomes: readonly Outcome[]): string[] {
  const kinds = [...new Set(outcomes.map(({ kind }) => kind))].sort();
  const rows = kinds.map((kind) => {
    const all = outcomes.filter((one) => one.kind === kind);
    const count = (end: Outcome['end']): number => all.filter((one) => one.end === end).length;
    const sum = (of: (one: Outcome) => number): string =>
      all.reduce((total, one) => total + of(one), 0).toLocaleString('en');
    const compared = all.filter(({ missing }) => missing !== undefined);
    const equal = compared.filter(({ missing }) => missing === 0).length;
    const slowest = Math.max(...all.map(({ seconds }) => seconds)).toFixed(1);
    const cells = [
      ...[kind, all.length, count('read'), count('refused'), count('lost'), count('crash')],
      ...[sum((one) => one.letters), sum((one) => one.leftOut), `${equal} of ${compared.length}`],
      ...[sum((one) => one.missing ?? 0), slowest],
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| kind | files | read | refused | lost | crash | letters read | left out | no letter missing beside Pandoc | missing | slowest, s |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ];
}
