import { chaptersByHeadings } from './headings.ts';
import type { Block, ImportReading } from './imported.ts';
import { leaveOutBlocks } from './left-out.ts';
import { type Omission, sampleOf } from './tape.ts';
import { type TextPlaces, textPlaces } from './text-lines.ts';

/**
 * Reads plain text: paragraphs between blank lines, or one per line where there are none. A separate line such as
 * "Chapter 3" or "第三章" is a heading. The header and license of Project Gutenberg are left out.
 */
export function readPlainText(text: string): ImportReading {
  const places = textPlaces(text);
  const { from, to } = bodyOf(text);
  const omissions = [
    ...leftOut({ text, places, start: 0, end: from }),
    ...leftOut({ text, places, start: to, end: text.length }),
  ];
  const blocks = paragraphsOf(text, from, to).map(({ text: paragraph, start, end }): Block => {
    if (SCENE.test(paragraph)) return { kind: 'scene', text: '' };
    const source = [places.span(start, end)];
    return isHeading(paragraph)
      ? { kind: 'heading', text: paragraph, level: 1, source }
      : { kind: 'text', text: paragraph, source };
  });
  const { chapters, bare } = chaptersByHeadings(blocks);
  if (chapters.length === 0) {
    return {
      problem: {
        code: 'no-text',
        message: 'This file has no text to read aloud.',
        fix: 'Check that it is the right file.',
      },
    };
  }
  const all = leaveOutBlocks(omissions, bare, { reason: 'heading without text' });
  return { book: { title: '', chapters, notes: [], omissions: all } };
}

const SCENE = /^(?:[*#~•·⁂※_–—-]\s*){1,40}$/u;
const GUTENBERG_START = /^\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*\*{3}\s*$/m;
const GUTENBERG_END = /^\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG/m;

/** Where the text is: without the header and license of Project Gutenberg. */
function bodyOf(text: string): { from: number; to: number } {
  const start = GUTENBERG_START.exec(text);
  const from = start ? start.index + start[0].length : 0;
  const end = GUTENBERG_END.exec(text.slice(from));
  return { from, to: end ? from + end.index : text.length };
}

function leftOut(of: { text: string; places: TextPlaces; start: number; end: number }): Omission[] {
  const { text, places, start, end } = of;
  if (start === end) return [];
  const reason = start === 0 ? 'header of Project Gutenberg' : 'license of Project Gutenberg';
  return [{ ...places.span(start, end), reason, where: places.line(start), sample: sampleOf(text.slice(start, end)) }];
}

interface Line {
  text: string;
  start: number;
  end: number;
}

function paragraphsOf(text: string, from: number, to: number): Line[] {
  const lines = linesOf(text, from, to);
  const filled = lines.filter((line) => line.text !== '');
  // No blank line among many lines: each line is a paragraph, as in Chinese and Japanese files.
  const inner = lines.slice(0, lines.findLastIndex((line) => line.text !== '') + 1).slice(
    Math.max(
      0,
      lines.findIndex((line) => line.text !== ''),
    ),
  );
  if (filled.length > 3 && !inner.some((line) => line.text === '')) return filled;
  const paragraphs: Line[][] = [[]];
  for (const line of lines) {
    if (line.text !== '') paragraphs.at(-1)!.push(line);
    else if (paragraphs.at(-1)!.length > 0) paragraphs.push([]);
  }
  return paragraphs
    .filter((paragraph) => paragraph.length > 0)
    .map((paragraph) => ({
      text: paragraph.map((line) => line.text).join('\n'),
      start: paragraph[0]!.start,
      end: paragraph.at(-1)!.end,
    }));
}

function linesOf(text: string, from: number, to: number): Line[] {
  const lines: Line[] = [];
  let start = from;
  for (const match of text.slice(from, to).matchAll(/\r\n|\n|\r|$/g)) {
    const end = from + match.index;
    lines.push({ text: text.slice(start, end).trim(), start, end });
    start = end + match[0].length;
  }
  return lines;
}

const LONGEST_HEADING = 120;
const NUMBER =
  '(?:\\d{1,4}|[ivxlcdm]{1,9}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?:[- ][a-z]{3,5})?|thirty(?:[- ][a-z]{3,5})?|forty(?:[- ][a-z]{3,5})?|fifty(?:[- ][a-z]{3,5})?|the [a-z]{3,20})';
const HEADING = new RegExp(
  `^(?:(?:chapter|kapitel|chapitre|cap[íi]tulo|capitolo|глава|bab)\\s+(?:${NUMBER}|\\p{L}{2,20})(?:\\s*$|\\s*[.:—–-]|\\n)|` +
    `(?:erstes|zweites|drittes|viertes|fünftes|sechstes|siebtes|achtes|neuntes|zehntes) kapitel|` +
    `(?:prologue|epilogue|preface|foreword|introduction|afterword|prolog|epilog|vorwort|nachwort|prólogo|epílogo|prologo|epilogo|пролог|эпилог|序章|终章|終章|楔子|尾声|后记|後記|前言|序言?|引子|番外.{0,20}|프롤로그|에필로그)\\s*[.:]?\\s*$|` +
    `第\\s*[零〇一二三四五六七八九十百千两\\d０-９]{1,8}\\s*[章回节節卷部话話](?:\\s.{0,40}|[:：].{0,40}|$)|제?\\s?\\d{1,4}\\s?[장화](?:\\s|[.:]|$)|\\d{1,3}\\.?\\s*$)`,
  'iu',
);

const ROMAN = /^[IVXLC]{1,7}\.?$/;

function isHeading(paragraph: string): boolean {
  return paragraph.length <= LONGEST_HEADING && (HEADING.test(paragraph) || ROMAN.test(paragraph));
}
