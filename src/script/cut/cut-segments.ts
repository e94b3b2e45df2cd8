import { sourceOffset } from '../../manifest/yaml/offsets.ts';
import { isSpeakable, type Line } from '../lines/line.ts';
import { type Quotation, quotationsIn } from '../speakers/quotations.ts';
import { clauseEnds, type Ends, graphemeEnds, spaceEnds, wordEnds } from '../text/text-boundaries.ts';
import { packEvenly } from './pack.ts';
import { sentenceEnds } from './sentences.ts';

/** What follows a segment, from the shortest pause to the longest. */
export type Boundary = 'clause' | 'sentence' | 'paragraph' | 'speaker' | 'scene' | 'chapter';

/** A piece of a line that is short enough for one request; it has at least one letter or digit. */
export interface Segment {
  character: string;
  /** The spoken text. */
  text: string;
  /** The author's text, where pronunciations change it. */
  written?: string;
  /** How to speak it, in the author's words. */
  direction?: string;
  /** Number of the take to use, from 2. Absent: the first. */
  retake?: number;
  /** 0-based index of its line; `HEAD_LINE` for the chapter's head, which has no place in the source. */
  lineIndex: number;
  /** Offset of its text in the line's, in UTF-16 code units. */
  lineOffset: number;
  /** Range of the source text, as in `Line`. Whitespace at its end may be included. */
  start: number;
  end: number;
  boundaryAfter: Boundary;
  /** The author's pause after it. Absent: the default for its boundary. */
  pauseAfterMs?: number;
  /** Path of the author's own recording to use instead; see `Line`. */
  pickup?: string;
}

/** The size limit of segments. */
export interface SegmentLimit {
  /** Most units of one segment; the model's `maxSegmentUnits`. */
  maxUnits: number;
  /** Size of a text in units; must be additive (`billedUnits`). */
  units: (text: string) => number;
  /** ISO code of the text's language, for its abbreviations. Default: those of all languages. */
  language?: string;
}

/**
 * Cuts lines into segments. A line within the limit is one segment. A longer line is cut between sentences into as few
 * evenly filled segments as possible; only a sentence that is itself too long is cut at clauses, then between words, and
 * never inside a grapheme. Packing restarts at each line, and at certain sentences of a very long one, so that an edit moves
 * only nearby boundaries.
 *
 * Deterministic and linear. Only symbols without a letter, which are never alone in a segment, and a single grapheme that is
 * too long can exceed the limit.
 */
export function cutSegments(lines: readonly Line[], limit: SegmentLimit): Segment[] {
  return lines.flatMap((line, lineIndex) => {
    const whole = { from: 0, to: line.text.length, boundaryAfter: boundaryAfter(line, lines[lineIndex + 1]) };
    // A recording replaces the complete line.
    const { pickup } = line;
    if (pickup === undefined) return segmentsOf({ line, lineIndex, limit, ...whole });
    const uncut = { ...limit, maxUnits: Number.POSITIVE_INFINITY };
    return segmentsOf({ line, lineIndex, limit: uncut, ...whole }).map((segment) => ({
      ...segment,
      pickup: pickup.path,
    }));
  });
}

/** Cuts one segment as `cutSegments` would with a smaller limit; its end keeps its boundary and pause. */
export function cutFurther(segment: Segment, line: Line, limit: SegmentLimit): Segment[] {
  const { lineIndex, lineOffset: from, boundaryAfter } = segment;
  return segmentsOf({ line, lineIndex, limit, from, to: from + segment.text.length, boundaryAfter });
}

function segmentsOf({
  line,
  lineIndex,
  limit,
  from,
  to,
  boundaryAfter,
}: {
  line: Line;
  lineIndex: number;
  limit: SegmentLimit;
  from: number;
  to: number;
  boundaryAfter: Boundary;
}): Segment[] {
  const pieces = cutText(line.text.slice(from, to), limit);
  return pieces.map((piece, index): Segment => {
    const lineOffset = from + piece.from;
    const text = line.text.slice(lineOffset, from + piece.to).trimEnd();
    const isLast = index === pieces.length - 1;
    const endsLine = isLast && to >= line.text.trimEnd().length;
    return {
      character: line.character,
      text,
      ...(line.direction !== undefined && { direction: line.direction }),
      ...(line.retake !== undefined && { retake: line.retake }),
      lineIndex,
      lineOffset,
      start: sourceOffset(line.offsets, lineOffset),
      end: sourceOffset(line.offsets, lineOffset + text.length),
      boundaryAfter: isLast ? boundaryAfter : piece.atSentence ? 'sentence' : 'clause',
      ...(endsLine && line.pauseAfterMs !== undefined && { pauseAfterMs: line.pauseAfterMs }),
    };
  });
}

function boundaryAfter(line: Line, next: Line | undefined): Boundary {
  if (!next) return 'chapter';
  if (line.sceneAfter) return 'scene';
  return next.character === line.character ? 'paragraph' : 'speaker';
}

/** A part of a line's text, with the space after it. */
interface Piece {
  from: number;
  to: number;
  units: number;
  /** Whether it ends at a sentence end. */
  atSentence: boolean;
}

function cutText(text: string, limit: SegmentLimit): Piece[] {
  const whole: Piece = { from: 0, to: text.length, units: limit.units(text), atSentence: true };
  if (whole.units <= limit.maxUnits) return [whole];
  const atoms = atomsOf({ text, whole, limit, quotations: quotationsIn(text), depth: 0 });
  const blocks = whole.units > LONG_LINE * limit.maxUnits ? blocksOf(text, atoms) : [atoms];
  return blocks.flatMap((block) => {
    let first = 0;
    return packEvenly(
      block.map(({ units }) => units),
      limit.maxUnits,
    ).map((end) => {
      const group = block.slice(first, end);
      first = end;
      return joined(group);
    });
  });
}

/** Functions that split a text, the most natural first. */
const SPLITTERS: readonly ((text: string, language: string | undefined, least: number) => Ends)[] = [
  sentenceEnds,
  clauseEnds,
  spaceEnds,
  (text, _, least) => wordEnds(text, least),
  (text, _, least) => graphemeEnds(text, least),
];
const WORDS = SPLITTERS.length - 2;

/** A text without spaces of more units than this is not cut at any grapheme, which would need an object for each letter. */
const LONG_WORD_UNITS = 50_000;
/** Nor is one of more units than this cut at any word. */
const LONG_UNSPACED_UNITS = 200_000;
/** Characters of a piece of such a text, at least. */
const COARSE_CHARACTERS = 40;

/** The pieces that packing does not cut: sentences; for sentences that are too long, parts from the first splitter that suffices. */
function atomsOf({
  text,
  whole,
  limit,
  quotations,
  depth,
  isCoarse = false,
}: {
  text: string;
  whole: Piece;
  limit: SegmentLimit;
  quotations: readonly Quotation[];
  depth: number;
  isCoarse?: boolean;
}): Piece[] {
  const splitter = SPLITTERS[depth];
  if (!splitter || whole.units <= limit.maxUnits) return [whole];
  const part = text.slice(whole.from, whole.to);
  const isLong = isCoarse || (depth === WORDS && whole.units > LONG_UNSPACED_UNITS);
  const ends = splitter(part, limit.language, isLong ? COARSE_CHARACTERS : 1);
  const pieces = joinUnspeakable(text, piecesBetween(ends, { part, whole, depth, limit }));
  const kept = depth < 2 ? joinQuotations({ pieces, quotations, limit }) : pieces;
  const coarse = depth === WORDS && whole.units > LONG_WORD_UNITS;
  return kept.flatMap((piece) =>
    atomsOf({ text, whole: piece, limit, quotations, depth: depth + 1, isCoarse: coarse }),
  );
}

/** One at a time: a long text has millions. */
function* piecesBetween(
  ends: Ends,
  { part, whole, depth, limit }: { part: string; whole: Piece; depth: number; limit: SegmentLimit },
): Generator<Piece> {
  let from = 0;
  for (const end of ends) {
    const units = limit.units(part.slice(from, end));
    const atSentence = end === part.length ? whole.atSentence : depth === 0;
    yield { from: whole.from + from, to: whole.from + end, units, atSentence };
    from = end;
  }
}

/** Joins the pieces of each quotation that fits into one segment, so that the cut is elsewhere. */
function joinQuotations({
  pieces,
  quotations,
  limit,
}: {
  pieces: readonly Piece[];
  quotations: readonly Quotation[];
  limit: SegmentLimit;
}): Piece[] {
  const out: Piece[] = [];
  let next = 0;
  for (let index = 0; index < pieces.length; ) {
    const first = pieces[index]!;
    while (quotations[next] && quotations[next]!.end <= first.from) next++;
    let length = 1;
    let reach = 1;
    let units = first.units;
    // A quotation may end in the piece where the next one begins: keep both together if they fit.
    for (let at = next; quotations[at] && quotations[at]!.start < pieces[index + reach - 1]!.to; at++) {
      while (
        units <= limit.maxUnits &&
        pieces[index + reach - 1]!.to < quotations[at]!.end &&
        index + reach < pieces.length
      )
        units += pieces[index + reach++]!.units;
      if (units > limit.maxUnits) break;
      length = reach;
    }
    out.push(length === 1 ? first : joined(pieces.slice(index, index + length)));
    index += length;
  }
  return out;
}

/** Joins pieces without letters or digits to the piece before; opening quotes and a first piece to the next. */
function joinUnspeakable(text: string, pieces: Iterable<Piece>): Piece[] {
  const out: Piece[] = [];
  let pending: Piece | undefined;
  for (const piece of pieces) {
    // The pending piece has no letter: testing only the new piece keeps long runs of symbols linear.
    const part = text.slice(piece.from, piece.to);
    const current: Piece = pending ? joined([pending, piece]) : piece;
    pending = undefined;
    const last = out.at(-1);
    if (isSpeakable(part)) out.push(current);
    else if (last && !/^[\p{Ps}\p{Pi}]+$/u.test(part)) out[out.length - 1] = joined([last, current]);
    else pending = current;
  }
  if (pending && out.length > 0) out[out.length - 1] = joined([out.at(-1)!, pending]);
  else if (pending) out.push(pending);
  return out;
}

function joined(pieces: readonly Piece[]): Piece {
  const last = pieces.at(-1)!;
  const units = pieces.reduce((sum, piece) => sum + piece.units, 0);
  return { from: pieces[0]!.from, to: last.to, units, atSentence: last.atSentence };
}

/** A line longer than this many full segments is packed block by block. */
const LONG_LINE = 4;
/** Average number of sentences in a block. */
const SENTENCES_PER_BLOCK = 12;

/**
 * Blocks end after sentences that are chosen by a hash of their text (content-defined chunking), so that an edit elsewhere in
 * a long line does not move them.
 */
function blocksOf(text: string, atoms: readonly Piece[]): Piece[][] {
  const blocks: Piece[][] = [[]];
  for (const atom of atoms) {
    blocks.at(-1)!.push(atom);
    if (atom.atSentence && hash(text.slice(atom.from, atom.to).trim()) % SENTENCES_PER_BLOCK === 0) blocks.push([]);
  }
  return blocks.filter((block) => block.length > 0);
}

/** 32-bit FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
