/** The lines of a text file, and how its paragraphs are laid out. Pure. */

/** A line of a text file. */
export interface TextLine {
  /** Without white space at both ends. */
  text: string;
  /** Columns before its text; an ideographic space or a tab is more than one. */
  indent: number;
  /** Offsets in the file, without the line break. */
  start: number;
  end: number;
}

/** What a line is: blank, text, a scene break, a heading of a level, what continues a heading, or what is left out. */
export type LineRole =
  | { kind: 'blank' | 'text' | 'scene' | 'title' | 'rule' | 'page' | 'head' | 'contents' | 'markup' }
  | { kind: 'heading'; level: number };

/** A paragraph: its lines, with line breaks between them. */
export interface TextParagraph {
  text: string;
  start: number;
  end: number;
}

/** The lines of a part of a text. */
export function linesOf(text: string, from: number, to: number): TextLine[] {
  const lines: TextLine[] = [];
  let start = from;
  for (const match of text.slice(from, to).matchAll(/\r\n|\n|\r|$/g)) {
    const end = from + match.index;
    const line = text.slice(start, end);
    const before = line.length - line.trimStart().length;
    lines.push({ text: line.trim(), indent: columnsOf(line.slice(0, before)), start, end });
    start = end + match[0].length;
  }
  return lines;
}

function columnsOf(space: string): number {
  let columns = 0;
  for (const one of space) columns += one === '\t' ? 4 : one === '\u3000' ? 2 : 1;
  return columns;
}

/** Whether a text ends as a sentence or a speech does. */
export function endsSentence(text: string): boolean {
  return /[.!?…。！？：:—*”"’'»«」』）)\]】～~]$/u.test(text);
}

/** How the paragraphs of a whole file are laid out. */
export interface TextLayout {
  /** Each line is a paragraph: nearly every line ends as a sentence. */
  isLinewise: boolean;
  /** No blank line is between paragraphs: where one ends, only the length of its last line shows. */
  isDense: boolean;
}

/** Finds the layout from the runs of lines between blank lines and headings. */
export function layoutOf(runs: readonly (readonly TextLine[])[]): TextLayout {
  let [followed, ended] = [0, 0];
  for (const run of runs) {
    for (const line of run.slice(0, -1)) {
      followed++;
      if (endsSentence(line.text)) ended++;
    }
  }
  const longest = runs.reduce((most, run) => Math.max(most, run.length), 0);
  return { isLinewise: followed > 0 && ended >= followed * 0.9, isDense: runs.length === 1 || longest > 40 };
}

/** The paragraphs of a run of lines: by their indents, by their ends, or all in one. */
export function paragraphsOf(run: readonly TextLine[], layout: TextLayout): TextLine[][] {
  const base = run.reduce((least, { indent }) => Math.min(least, indent), Number.POSITIVE_INFINITY);
  const width = run.reduce((most, { text }) => Math.max(most, text.length), 0);
  const areIndented = base > 0 && /^[\u3000-\u9fff]/u.test(run[0]!.text);
  const out: TextLine[][] = [];
  for (const [index, line] of run.entries()) {
    const before = run[index - 1];
    const begins =
      before === undefined ||
      (endsSentence(before.text) &&
        (layout.isLinewise ||
          areIndented ||
          line.indent > base ||
          (layout.isDense && (/^["“„«»‘「『—–-]/u.test(line.text) || before.text.length < width * 0.8))));
    if (begins) out.push([line]);
    else out.at(-1)!.push(line);
  }
  return out;
}

/** A paragraph of its lines. */
export function paragraphOf(lines: readonly TextLine[]): TextParagraph {
  return { text: lines.map(({ text }) => text).join('\n'), start: lines[0]!.start, end: lines.at(-1)!.end };
}

const SCENE = /^(?:[*#~•·⁂※_–—-]\s*){1,40}$/u;

/** Whether a line is only signs, such as `* * *`. */
export function isScene(text: string): boolean {
  return SCENE.test(text);
}

/** Whether nothing or only signs are on a line, or the file ends there. */
export function isBlank(line: TextLine | undefined): boolean {
  return line === undefined || line.text === '' || isScene(line.text);
}

/** Whether a letter or number is between two lines. */
export function hasText(lines: readonly TextLine[], from: number, to: number): boolean {
  return lines.slice(from + 1, to).some(({ text }) => /[\p{L}\p{N}]/u.test(text));
}
