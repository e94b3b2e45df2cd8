/** Checks that a planned chapter speaks its whole text, once and in order. Checked again before delivery. Pure. */

import { HEAD_LINE } from '../script/lines/line-name.ts';
import { entityBefore } from '../script/text/entities.ts';
import { lineAt, type SourceText } from '../script/text/source.ts';
import type { PlannedChapter } from './plan.ts';

/** The parts of a planned chapter that the check reads. */
export type ChapterToCheck = Pick<PlannedChapter, 'segments' | 'source'> & {
  master: { step: Pick<PlannedChapter['master']['step'], 'takes'> };
};

/**
 * The first gap between a chapter and its text: text in no segment or in two, a segment whose words are not in the text,
 * a segment without its own take. Undefined when there is none. Takes linear time.
 */
export function findGap(chapter: ChapterToCheck): string | undefined {
  const { source, segments } = chapter;
  const gap = source && (findGapInText(source) ?? findGapInWords(source, segments));
  return gap ?? findGapInTakes(chapter);
}

function findGapInText({ file, text, ranges }: SourceText): string | undefined {
  let at = 0;
  for (const { start, end, ...where } of [...ranges, { start: text.length, end: text.length, unspoken: 'space' }]) {
    if (start > at) return `${quoted(text.slice(at, start))} (${locationOf(file, text, at)}) would be lost`;
    if (start < at || end < start)
      return `${quoted(text.slice(Math.min(start, at), at))} (${locationOf(file, text, start)}) would be spoken twice`;
    if ('unspoken' in where && where.unspoken === 'space' && /[^\s\\]/.test(text.slice(start, end)))
      return `${quoted(text.slice(start, end))} (${locationOf(file, text, start)}) would be left out as white space`;
    at = end;
  }
  return undefined;
}

function findGapInWords({ file, text, ranges }: SourceText, segments: ChapterToCheck['segments']): string | undefined {
  const parts: string[] = segments.map(() => '');
  const first: (number | undefined)[] = segments.map(() => undefined);
  let last = 0;
  for (const range of ranges) {
    if ('unspoken' in range && range.unspoken === 'entity') {
      const entity = entityBefore(text, range.start);
      if (entity === undefined)
        return `${quoted(text.slice(range.start, range.end))} (${locationOf(file, text, range.start)}) would be lost`;
      // The segment has the entity's first letters; what is spoken is the character that the entity stands for.
      if (entity.length > 0) parts[last] = parts[last]!.slice(0, -entity.length) + entity.character;
    }
    if (!('segment' in range)) continue;
    const { start, end, segment } = range;
    const piece = text.slice(start, end);
    if (segment >= segments.length) return `${quoted(piece)} (${locationOf(file, text, start)}) would be lost`;
    if (segment < last) return `${quoted(piece)} (${locationOf(file, text, start)}) would be spoken out of order`;
    last = segment;
    parts[segment] += piece;
    first[segment] ??= start;
  }
  for (const [index, { step }] of segments.entries()) {
    const written = step.written ?? step.text;
    const start = first[index];
    // A head is composed by the program.
    if (start === undefined && step.line === HEAD_LINE + 1) continue;
    if (start === undefined) return `${quoted(written)} would be spoken, but is not in the text`;
    if (letters(parts[index]!) !== letters(written))
      return `${quoted(parts[index]!)} (${locationOf(file, text, start)}) would be spoken as ${quoted(written)}`;
  }
  return undefined;
}

function findGapInTakes({ segments, master }: ChapterToCheck): string | undefined {
  const { takes } = master.step;
  for (const [index, { step }] of segments.entries()) {
    const take = takes[index];
    if (take === undefined || take.key !== step.key || (take.text ?? step.text) !== step.text)
      return `${quoted(step.text)} would be missing in its place`;
  }
  const extra = takes[segments.length];
  return extra === undefined ? undefined : `${quoted(extra.text ?? '')} would be spoken, but is not in the text`;
}

/** The text without everything that folding may change: white space, and the backslash of `\[`. */
function letters(text: string): string {
  return text.replace(/\s+|\\(?=[[\]【】])/g, '');
}

function locationOf(file: string, text: string, offset: number): string {
  return `${file}, line ${lineAt(text, offset)} of the text`;
}

/** Longest quotation in a message, in characters. */
const LONGEST_QUOTE = 120;

function quoted(text: string): string {
  const folded = text.trim().replace(/\s+/g, ' ');
  return `“${folded.length > LONGEST_QUOTE ? `${folded.slice(0, LONGEST_QUOTE)}…` : folded}”`;
}
