/** Warnings for brackets, tags and other markup of texts that would be sent to be spoken: one for each kind in a book. */
import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import type { Segment } from '../../script/cut/cut-segments.ts';
import type { Line } from '../../script/lines/line.ts';
import { formatLineName } from '../../script/lines/line-name.ts';
import { type MarkKind, marksIn, type SpokenMark } from '../../script/pronounce/spoken-marks.ts';
import type { ChapterInput } from '../chapter-text.ts';
import type { ReadingContext } from '../reading-context.ts';

/** Up to so many places of a kind have a warning each. */
const MOST_ALONE = 3;
/** Numbers of lines that a warning for all places of a kind lists. */
const MOST_NUMBERS = 12;
/** Longest quotation of a mark. */
const LONGEST_QUOTE = 40;

/** The codes of these warnings, which `check --strict` makes errors. */
export const MARK_CODES: Readonly<Record<MarkKind, string>> = {
  bracket: 'bracket-spoken',
  tag: 'tag-spoken',
  emphasis: 'emphasis-spoken',
  note: 'note-mark-spoken',
  address: 'address-spoken',
  markup: 'markup-spoken',
};

/** Collects the marks of a book's chapters. */
export interface MarkPlaces {
  /** Adds those of a chapter. What a pronunciation, `say` or a recording settles is left out, and an escaped bracket (`\[`). */
  add(of: { read: ChapterInput; lines: readonly Line[]; segments: readonly Segment[] }): void;
  /** Adds the warnings to the context: one for each place, or for all places of a kind when there are many. */
  warn(context: ReadingContext): void;
}

interface Place {
  read: ChapterInput;
  number: string;
  quote: string;
  start: number;
  end: number;
}

/** Opens an empty collection. */
export function collectMarks(): MarkPlaces {
  const found = new Map<MarkKind, { first: Place[]; numbers: string[]; count: number }>();
  return {
    add({ read, lines, segments }) {
      const spoken = wordsOfChanged(segments);
      for (const [index, line] of lines.entries()) {
        if (line.pickup !== undefined || line.say !== undefined) continue;
        for (const mark of marksIn(line.text)) {
          const quote = line.text.slice(mark.start, mark.end);
          if (isKept({ read, line, mark }) || spoken.get(index)?.includes(quote) === false) continue;
          const place = placeOf({ read, line, mark, quote, number: index + 1 });
          const of = found.get(mark.kind) ?? { first: [], numbers: [], count: 0 };
          found.set(mark.kind, of);
          of.count += 1;
          if (of.first.length < MOST_ALONE) of.first.push(place);
          if (of.numbers.length < MOST_NUMBERS && of.numbers.at(-1) !== place.number) of.numbers.push(place.number);
        }
      }
    },
    warn(context) {
      for (const [kind, { first, numbers, count }] of found) {
        const shown = count > MOST_ALONE ? first.slice(0, 1) : first;
        for (const { read, number, quote, start, end } of shown) {
          const others = count > MOST_ALONE ? `, and ${count - 1} more in this book (lines ${listed(numbers)})` : '';
          context.sources.set(read.file, context.sources.get(read.file) ?? read.text);
          context.diagnostics.add({
            code: MARK_CODES[kind],
            severity: 'warning',
            file: read.file,
            start: read.locate(start),
            end: read.locate(end),
            number,
            message: `${WHAT[kind]} ${shortened(quote)} would be sent to be spoken${others}. An engine reads it as it likes.`,
            fix: FIX[kind],
          });
        }
      }
    },
  };

  function listed(numbers: readonly string[]): string {
    return numbers.length < MOST_NUMBERS ? numbers.join(', ') : `${numbers.join(', ')}, …`;
  }
}

const WHAT: Readonly<Record<MarkKind, string>> = {
  bracket: 'The bracket',
  tag: 'The tag',
  emphasis: 'The emphasis',
  note: 'The mark',
  address: 'The address',
  markup: 'The markup',
};

/** For what must stay as it is: a text has no other way to say so. */
const KEEP = 'To have it spoken, write the words with "say" in the review file, or add it to "pronunciations:".';

const FIX: Readonly<Record<MarkKind, string>> = {
  bracket:
    'Remove it, or write a direction ([name: laughing]) or a pause ([pause 1s]). To have it spoken, write \\[ for its bracket, ' +
    'or the words with "say" in the review file.',
  tag: `Remove it, or write a pause ([pause 1s]) or a direction ([name: softly]). ${KEEP}`,
  emphasis: `Remove the signs around the words, or write a direction ([name: firmly]). In a .md file, they are not spoken. ${KEEP}`,
  note: `Remove it; write the note as a paragraph if it should be heard. ${KEEP}`,
  address: `Remove it, or write it in words. ${KEEP}`,
  markup: `Remove it. In a .md file, Markdown is not spoken. ${KEEP}`,
};

function shortened(quote: string): string {
  const letters = [...quote];
  return `“${letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE).join('')}…` : quote}”`;
}

/** What is spoken of the lines that pronunciations change, by the line's index. */
function wordsOfChanged(segments: readonly Segment[]): Map<number, string> {
  const spoken = new Map<number, string>();
  const changed = new Set(segments.flatMap(({ written, lineIndex }) => (written === undefined ? [] : [lineIndex])));
  for (const { lineIndex, text } of segments)
    if (changed.has(lineIndex)) spoken.set(lineIndex, `${spoken.get(lineIndex) ?? ''} ${text}`);
  return spoken;
}

/** The author wrote a backslash before it: for brackets in every text, for all signs in Markdown. */
function isKept({ read, line, mark }: { read: ChapterInput; line: Line; mark: SpokenMark }): boolean {
  const at = sourceOffset(line.offsets, mark.start);
  const isEscaped = /[[\]【】［］]/.test(line.text[mark.start] ?? '') && read.text[at] === '\\';
  return isEscaped || (read.markdown && read.text[at - 1] === '\\');
}

function placeOf(of: { read: ChapterInput; line: Line; mark: SpokenMark; quote: string; number: number }): Place {
  const { read, line, mark, quote } = of;
  const number = formatLineName({ chapter: read.chapter, line: of.number });
  const [start, last] = [sourceOffset(line.offsets, mark.start), sourceOffset(line.offsets, mark.end - 1)];
  return { read, number, quote, start, end: last + 1 };
}
