/** Lines of the print that are none of the text: page numbers and the table of contents. Pure. */
import { hasText, isBlank, type LineRole, type TextLine } from './text-layout.ts';

const PAGE =
  /^(?:[-–—•[(<]{0,3}\s*(\d{1,4})\s*[-–—•\])>]{0,3}|(?:page|p\.|pg\.|seite|página|pagina|страница|стр\.|halaman)\s*(\d{1,4})(?:\s*(?:of|von|de|di|из|\/)\s*\d{1,4})?|(\d{1,4})\s*\/\s*\d{1,4}|第\s*(\d{1,4})\s*[页頁])$/iu;

/** Page numbers: two or more that rise, each a line of its own and no heading, with text between them. */
export function markPages(lines: readonly TextLine[], roles: LineRole[]): void {
  const found: { at: number; page: number }[] = [];
  for (const [at, { text }] of lines.entries()) {
    if (roles[at]!.kind !== 'text' || text.length > 30 || !isBlank(lines[at - 1]) || !isBlank(lines[at + 1])) continue;
    const match = PAGE.exec(text);
    // A year is text, even where the next one follows.
    const isYear = /^(?:1[4-9]|20)\d\d$/.test(text);
    if (match && !isYear) found.push({ at, page: Number(match[1] ?? match[2] ?? match[3] ?? match[4]) });
  }
  const follows = (one: (typeof found)[number] | undefined, next: (typeof found)[number] | undefined): boolean =>
    one !== undefined &&
    next !== undefined &&
    next.page > one.page &&
    next.page <= one.page + 3 &&
    hasText(lines, one.at, next.at);
  for (const [index, one] of found.entries()) {
    if (follows(one, found[index + 1]) || follows(found[index - 1], one)) roles[one.at] = { kind: 'page' };
  }
}

const LONGEST_HEAD = 70;
/** A page's number, and behind a gap the title of the book or its author; or the other way round. */
const HEAD = /^(?:(?<first>\d{1,4})(?:\s{2,}|\t)(?<behind>\D\S.*)|(?<before>\S.*?)(?:\s{2,}|\t)(?<last>\d{1,4}))$/u;

/** Heads of printed pages: lines of their own with the number of the page, which rises, and words that come again. */
export function markRunningHeads(lines: readonly TextLine[], roles: LineRole[]): void {
  const found: { at: number; page: number; words: string }[] = [];
  for (const [at, { text }] of lines.entries()) {
    if (text.length > LONGEST_HEAD || !isBlank(lines[at - 1]) || !isBlank(lines[at + 1])) continue;
    const { first, behind, before, last } = HEAD.exec(text)?.groups ?? {};
    const page = first ?? last;
    if (page !== undefined) found.push({ at, page: Number(page), words: (behind ?? before)! });
  }
  const counts = new Map<string, number>();
  for (const { words } of found) counts.set(words, (counts.get(words) ?? 0) + 1);
  const follows = (one?: (typeof found)[number], next?: (typeof found)[number]): boolean =>
    one !== undefined && next !== undefined && next.page > one.page && next.page <= one.page + 3;
  for (const [index, one] of found.entries()) {
    const beside = [found[index - 1], found[index + 1]];
    if (!follows(beside[0], one) && !follows(one, beside[1])) continue;
    const isRepeated = [one, ...beside].some((of) => of !== undefined && counts.get(of.words)! > 1);
    if (isRepeated) roles[one.at] = { kind: 'head' };
  }
}

const CONTENTS =
  /^(?:table of contents|contents|inhalt(?:sverzeichnis)?|table des matières|sommaire|índice|indice|sumário|sommario|оглавление|содержание|目录|目錄|目次|もくじ|목차|차례|daftar isi)\s*[:：]?$/iu;
const LONGEST_CONTENTS = 400;

/** A list of the headings that come later, up to the line that comes again. */
export function markContents(lines: readonly TextLine[], roles: LineRole[]): void {
  const start = lines.findIndex(({ text }) => CONTENTS.test(text));
  if (start < 0) return;
  const first = new Map<string, number>();
  for (let at = start + 1; at < Math.min(lines.length, start + LONGEST_CONTENTS); at++) {
    const text = entryOf(lines[at]!.text);
    if (text === '') continue;
    if (lines[at]!.text.length > 120) return;
    if (first.has(text)) {
      // Until the first entry comes again; anything else that comes again is a name that two chapters have.
      if (first.get(text) !== [...first.values()][0]) continue;
      if (first.size < 2) return;
      for (let listed = start; listed < at; listed++)
        if (lines[listed]!.text !== '') roles[listed] = { kind: 'contents' };
      return;
    }
    first.set(text, at);
  }
}

function entryOf(text: string): string {
  return text
    .replace(/(?:\s*[.…·]{2,}\s*|\s{2,}|\t)[\divxlc]+$/iu, '')
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .toLowerCase();
}
