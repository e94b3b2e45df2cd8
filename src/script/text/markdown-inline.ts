import type { Exclusion } from '../lines/line.ts';

/** A range of a paragraph that is markup. */
export type InlineMark = Exclusion;

// Every part is bounded, so that a paragraph of only brackets takes linear time.
const INLINE = new RegExp(
  [
    String.raw`(?<escape>\\[!-/:-@^-\x60{-~])`,
    String.raw`(?<code>(?<!\x60)(?<ticks>\x60{1,3})(?!\x60)[^\x60]{1,500}\k<ticks>(?!\x60))`,
    String.raw`(?<image>!\[[^\]\n]{0,500}\](?:\([^()\n]{0,1000}\)|\[[^\]\n]{0,200}\]))`,
    String.raw`(?<note>\[\^[^\]\n]{1,100}\])`,
    String.raw`(?<link>(?<!\\)\[(?<words>[^[\]\n]{1,500})\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,1000}\))`,
    String.raw`(?<tag></?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>\n]{0,500})?/?>)`,
    String.raw`(?<emphasis>\*{1,3}|_{1,3}|~~)`,
  ].join('|'),
  'g',
);

/** The markup of a paragraph: escapes, backticks, images, footnote marks, link addresses, HTML tags, emphasis. */
export function inlineMarkup(text: string): InlineMark[] {
  const marks: InlineMark[] = [];
  const runs: DelimiterRun[] = [];
  scan({ text, offset: 0, marks, runs });
  pairEmphasis(runs, marks);
  return marks.sort((a, b) => a.start - b.start);
}

function scan({
  text,
  offset,
  marks,
  runs,
}: {
  text: string;
  offset: number;
  marks: InlineMark[];
  runs: DelimiterRun[];
}): void {
  const add = (kind: Exclusion['kind'], start: number, end: number): void => {
    marks.push({ kind, start: offset + start, end: offset + end });
  };
  for (const match of text.matchAll(INLINE)) {
    const { index: at, groups = {} } = match;
    const end = at + match[0].length;
    // foldWhitespace turns an escaped bracket into a plain one; other escapes only lose their backslash.
    if (groups['escape'] !== undefined) add('markup', at, at + 1);
    else if (groups['tag'] !== undefined) add('markup', at, end);
    else if (groups['image'] !== undefined) add('image', at, end);
    else if (groups['note'] !== undefined) add('note', at, end);
    else if (groups['code'] !== undefined) {
      const ticks = groups['ticks']!.length;
      add('markup', at, at + ticks);
      add('markup', end - ticks, end);
    } else if (groups['link'] !== undefined) {
      const words = groups['words']!;
      add('markup', at, at + 1);
      add('markup', at + 1 + words.length, end);
      scan({ text: words, offset: offset + at + 1, marks, runs });
    } else runs.push(runOf({ text, offset, at, end }));
  }
}

/** A run of asterisks, underscores or tildes. */
interface DelimiterRun {
  delimiter: string;
  start: number;
  end: number;
  opens: boolean;
  closes: boolean;
}

function runOf({ text, offset, at, end }: { text: string; offset: number; at: number; end: number }): DelimiterRun {
  const before = text[at - 1] ?? ' ';
  const after = text[end] ?? ' ';
  const delimiter = text[at]!;
  const word = /[\p{L}\p{N}]/u;
  // Inside a word an underscore is a letter, as in file_name_here.
  const inside = delimiter === '_' && word.test(before) && word.test(after);
  return {
    delimiter: delimiter,
    start: offset + at,
    end: offset + end,
    opens: !inside && !/\s/.test(after),
    closes: !inside && !/\s/.test(before),
  };
}

function pairEmphasis(runs: readonly DelimiterRun[], marks: InlineMark[]): void {
  const open: DelimiterRun[] = [];
  for (const run of runs) {
    while (run.closes && run.end > run.start) {
      const index = open.findLastIndex(({ delimiter }) => delimiter === run.delimiter);
      if (index < 0) break;
      const opener = open[index]!;
      const length = Math.min(run.end - run.start, opener.end - opener.start);
      marks.push({ kind: 'markup', start: opener.end - length, end: opener.end });
      marks.push({ kind: 'markup', start: run.start, end: run.start + length });
      opener.end -= length;
      run.start += length;
      // Delimiters that were opened inside and never closed are plain text.
      open.length = opener.end > opener.start ? index + 1 : index;
    }
    // Bounded: thousands of lone asterisks are not emphasis.
    if (run.opens && run.end > run.start && open.length < 50) open.push(run);
  }
}
