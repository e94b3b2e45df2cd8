import { chaptersByHeadings } from '../headings/headings.ts';
import type { Block, ImportReading, TextOptions } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { withoutMatter } from '../matter/matter.ts';
import { type Omission, sampleOf } from '../tape.ts';
import { aozoraMarks, withoutAozora } from './aozora.ts';
import { fieldFacts } from './field-facts.ts';
import { FRONT_MATTER, type FrontMatter, frontMatterOf } from './front-matter.ts';
import { gutenbergFacts } from './gutenberg-facts.ts';
import { GUTENBERG_END, GUTENBERG_START } from './gutenberg-marks.ts';
import { hyphenJoiner } from './line-hyphens.ts';
import { rolesOf } from './text-headings.ts';
import {
  endsSentence,
  type LineRole,
  layoutOf,
  linesOf,
  paragraphOf,
  paragraphsOf,
  type TextLine,
} from './text-layout.ts';
import { type TextPlaces, textPlaces } from './text-lines.ts';

/**
 * Reads plain text: lines become paragraphs as the file is laid out, and lines such as "Chapter 3" or "第三章 灯塔" headings.
 * Page numbers, a table of contents, and the header and license of Project Gutenberg are left out.
 */
export function readPlainText(
  text: string,
  { keepMatter = false, ruby = 'base' }: Pick<TextOptions, 'keepMatter' | 'ruby'> = {},
): ImportReading {
  const places = textPlaces(text);
  // The header of Project Gutenberg goes on behind its fields.
  const front = GUTENBERG_START.test(text) ? undefined : frontMatterOf(text, { isMarkdown: false });
  const { from, to } = bodyOf(text, front);
  const { blocks, omitted } = blocksOf({ lines: linesOf(text, from, to), places, ruby, markup: front?.markup });
  const marks = aozoraMarks(text.slice(from, to), ruby).map(({ start, end, reason }): Omission => {
    const at = from + start;
    const sample = sampleOf(text.slice(at, from + end));
    return { ...places.span(at, from + end), reason, where: places.line(at), sample };
  });
  const isOmitted = insideOf(omitted);
  // Of a long text these are many: never arguments of one call.
  const omissions = [
    ...leftOut({ text, places, start: 0, end: from, reason: front ? FRONT_MATTER : 'header of Project Gutenberg' }),
    ...marks.filter((mark) => !isOmitted(mark)),
    ...omitted,
    ...leftOut({ text, places, start: to, end: text.length, reason: 'license of Project Gutenberg' }),
  ];
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
  const hasHeadings = blocks.some(({ kind }) => kind === 'heading');
  const facts = front ? fieldFacts(front.fields) : gutenbergFacts(text.slice(0, from));
  const kept = withoutMatter({ ...facts, chapters, omissions: all, keepMatter });
  const notes = [...(front?.markup ? [markupNote(front.markup)] : []), ...(hasHeadings ? [] : [NO_HEADINGS])];
  return {
    book: { ...facts, chapters: kept.chapters, notes, omissions: kept.omissions },
  };
}

const NO_HEADINGS = 'No line looks like the heading of a chapter: the whole file is one chapter.';

function markupNote(markup: string): string {
  return `This is a text with the markup of ${markup}. Its header and headings are known; other markup is read as text. Convert it to .docx or EPUB, for example with Pandoc or Asciidoctor.`;
}

/** Where the text is: without front matter, or the header and license of Project Gutenberg. */
function bodyOf(text: string, front: FrontMatter | undefined): { from: number; to: number } {
  const start = front ? null : GUTENBERG_START.exec(text);
  const from = front ? front.end : start ? start.index + start[0].length : 0;
  const end = GUTENBERG_END.exec(text.slice(from));
  return { from, to: end ? from + end.index : text.length };
}

function leftOut(of: { text: string; places: TextPlaces; start: number; end: number; reason: string }): Omission[] {
  const { text, places, start, end, reason } = of;
  if (start === end) return [];
  return [{ ...places.span(start, end), reason, where: places.line(start), sample: sampleOf(text.slice(start, end)) }];
}

interface BodyLines {
  lines: readonly TextLine[];
  places: TextPlaces;
  ruby: 'base' | 'reading';
  markup: FrontMatter['markup'];
}

/** The blocks of a text, and the lines that are none of its words: page numbers, the table of contents. */
function blocksOf({ lines, places, ruby, markup }: BodyLines): { blocks: Block[]; omitted: Omission[] } {
  const roles = rolesOf(lines, markup);
  const pieces = piecesOf(lines, roles);
  const layout = layoutOf(pieces.flatMap((piece) => (piece.kind === 'text' ? [piece.lines] : [])));
  const drafts = pieces.flatMap((piece): { kind: Block['kind']; level?: number; lines: TextLine[] }[] =>
    piece.kind === 'text'
      ? paragraphsOf(piece.lines, layout).map((paragraph) => ({ kind: 'text', lines: paragraph }))
      : [piece],
  );
  const paragraphs = drafts.map((draft) => (draft.kind === 'scene' ? undefined : paragraphOf(draft.lines)));
  const join = hyphenJoiner(paragraphs.flatMap((paragraph) => (paragraph ? [paragraph.text] : [])));
  const joined = (text: string): string => withoutAozora(join(text), ruby);
  const blocks = drafts.map(({ kind, level }, index): Block => {
    const paragraph = paragraphs[index];
    if (paragraph === undefined) return { kind: 'scene', text: '' };
    const source = [places.span(paragraph.start, paragraph.end)];
    if (kind !== 'heading') return { kind: 'text', text: joined(paragraph.text), source };
    return { kind, level: level!, text: withoutRules(withoutAozora(paragraph.text, ruby)), source };
  });
  const omitted = lines.flatMap((line, index): Omission[] => {
    const reason = OMITTED[roles[index]!.kind];
    if (reason === undefined) return [];
    return [
      { ...places.span(line.start, line.end), reason, where: places.line(line.start), sample: sampleOf(line.text) },
    ];
  });
  return { blocks, omitted };
}

/** Whether a span is in one of these, which are in order; asked in order, too. */
function insideOf(spans: readonly Omission[]): (one: Omission) => boolean {
  let at = 0;
  return ({ start, end }) => {
    while (at < spans.length && spans[at]!.end < end) at++;
    return at < spans.length && spans[at]!.start <= start;
  };
}

const OMITTED: Readonly<Record<string, string>> = {
  page: 'page number',
  head: 'running head',
  contents: 'line in the table of contents',
  markup: 'line of markup',
};

/** A heading without the signs around it: `=== Chapter 1 ===`, `[Chapter 1]`. */
function withoutRules(text: string): string {
  const plain =
    text.replace(/^(?:[#=*~_]{1,6}|[—–-]{1,6}(?=\s))\s*|\s*(?:[#=*~_]{1,6}|(?<=\s)[—–-]{1,6})$/gu, '') || text;
  return plain.replace(/^[[<]\s?(\P{N}.*?)\s?[\]>]$/su, '$1');
}

/** Lines that belong together: a run of text, a heading with its title, or a scene break. */
type Piece = { kind: 'text' | 'scene'; lines: TextLine[] } | { kind: 'heading'; level: number; lines: TextLine[] };

function piecesOf(lines: readonly TextLine[], roles: readonly LineRole[]): Piece[] {
  const pieces: Piece[] = [];
  let open: Piece | undefined;
  let isPage = false;
  for (const [index, line] of lines.entries()) {
    const role = roles[index]!;
    if (role.kind === 'text') {
      const last = pieces.at(-1);
      // A page that ends within a sentence ends no paragraph.
      if (open === undefined && isPage && last?.kind === 'text' && isUnended(last.lines, line)) open = last;
      if (open?.kind === 'text') open.lines.push(line);
      else {
        open = { kind: 'text', lines: [line] };
        pieces.push(open);
      }
    } else if (role.kind === 'title') pieces.at(-1)?.lines.push(line);
    else if (role.kind === 'heading') {
      open = { kind: 'heading', level: role.level, lines: [line] };
      pieces.push(open);
    } else if (role.kind === 'scene') {
      pieces.push({ kind: 'scene', lines: [line] });
      open = undefined;
    } else open = undefined;
    if (role.kind === 'page' || role.kind === 'head') isPage = true;
    else if (role.kind !== 'blank') isPage = false;
  }
  return pieces;
}

function isUnended(lines: readonly TextLine[], next: TextLine): boolean {
  const last = lines.at(-1)!.text;
  return (
    !endsSentence(last) &&
    (/^\p{Ll}/u.test(next.text) || /\p{L}[-‐\u00ad¬]$/u.test(last) || /^[\u3040-\u9fff]/u.test(next.text))
  );
}
