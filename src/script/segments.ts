import { sourceOffset } from '../manifest/offsets.ts';
import { isSpeakable, type Line } from './line.ts';
import { packEvenly } from './pack.ts';
import { sentenceEnds } from './sentences.ts';
import { clauseEnds, type Ends, graphemeEnds, spaceEnds, wordEnds } from './split.ts';

/** What ends a segment, from the shortest pause to the longest. */
export type Boundary = 'clause' | 'sentence' | 'paragraph' | 'speaker' | 'scene' | 'chapter';

/** A piece of a line that is short enough for one request; it has at least one letter or digit. */
export interface Segment {
  character: string;
  /** What is spoken. */
  text: string;
  /** 0-based index of its line. */
  lineIndex: number;
  /** Range of the source text, as in `Line`. Whitespace at its end may be included. */
  start: number;
  end: number;
  boundaryAfter: Boundary;
}

/** How long a segment may be. */
export interface SegmentLimit {
  /** Most units of one segment; the model's `maxSegmentUnits`. */
  maxUnits: number;
  /** Size of a text in whole units; the size of two texts together must be the sum of their sizes (`billedUnits`). */
  units: (text: string) => number;
}

/**
 * Cuts lines into segments. A line within the limit is one segment. A longer one is cut between sentences into as few,
 * evenly filled segments as will do; only a sentence that is too long itself is cut at its clauses, then between words,
 * and never inside a grapheme. Packing starts anew with each line, and at certain sentences of a very long one, so
 * that an edit moves no boundary further away.
 *
 * The same input always gives the same segments; the time is linear in the length. Only signs without a letter, which are
 * never alone in a segment, and one grapheme that is too long by itself can exceed the limit.
 */
export function cutSegments(lines: readonly Line[], limit: SegmentLimit): Segment[] {
  return lines.flatMap((line, lineIndex) => {
    const after = boundaryAfter(line, lines[lineIndex + 1]);
    const pieces = cutText(line.text, limit);
    return pieces.map(({ from, to, atSentence }, index): Segment => {
      const text = line.text.slice(from, to).trimEnd();
      return {
        character: line.character,
        text,
        lineIndex,
        start: sourceOffset(line.offsets, from),
        end: sourceOffset(line.offsets, from + text.length),
        boundaryAfter: index === pieces.length - 1 ? after : atSentence ? 'sentence' : 'clause',
      };
    });
  });
}

function boundaryAfter(line: Line, next: Line | undefined): Boundary {
  if (!next) return 'chapter';
  if (line.sceneAfter) return 'scene';
  return next.character === line.character ? 'paragraph' : 'speaker';
}

/** A stretch of a line's text; the space behind it belongs to it. */
interface Piece {
  from: number;
  to: number;
  units: number;
  /** Ends where a sentence ends. */
  atSentence: boolean;
}

function cutText(text: string, limit: SegmentLimit): Piece[] {
  const whole: Piece = { from: 0, to: text.length, units: limit.units(text), atSentence: true };
  if (whole.units <= limit.maxUnits) return [whole];
  const atoms = atomsOf({ text, whole, limit, depth: 0 });
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

/** Ways to cut a text, the most natural first. */
const WAYS: readonly ((text: string) => Ends)[] = [sentenceEnds, clauseEnds, spaceEnds, wordEnds, graphemeEnds];

/** The pieces that packing may not cut: whole sentences, and of too long ones the parts of the first way that suffices. */
function atomsOf({
  text,
  whole,
  limit,
  depth,
}: {
  text: string;
  whole: Piece;
  limit: SegmentLimit;
  depth: number;
}): Piece[] {
  const way = WAYS[depth];
  if (!way || whole.units <= limit.maxUnits) return [whole];
  const part = text.slice(whole.from, whole.to);
  let from = 0;
  const pieces = way(part).map((end): Piece => {
    const units = limit.units(part.slice(from, end));
    const atSentence = end === part.length ? whole.atSentence : depth === 0;
    const piece = { from: whole.from + from, to: whole.from + end, units, atSentence };
    from = end;
    return piece;
  });
  return speakable(text, pieces).flatMap((piece) => atomsOf({ text, whole: piece, limit, depth: depth + 1 }));
}

/** Joins what can not be spoken alone to the piece before it; opening quotes, and what has nothing before it, to the next. */
function speakable(text: string, pieces: Piece[]): Piece[] {
  const out: Piece[] = [];
  let held: Piece | undefined;
  for (const piece of pieces) {
    // What is held has no letter: only the piece itself must be looked at, or a long run of signs would be read again and again.
    const part = text.slice(piece.from, piece.to);
    const current: Piece = held ? joined([held, piece]) : piece;
    held = undefined;
    const last = out.at(-1);
    if (isSpeakable(part)) out.push(current);
    else if (last && !/^[\p{Ps}\p{Pi}]+$/u.test(part)) out[out.length - 1] = joined([last, current]);
    else held = current;
  }
  if (held && out.length > 0) out[out.length - 1] = joined([out.at(-1)!, held]);
  else if (held) out.push(held);
  return out;
}

function joined(pieces: readonly Piece[]): Piece {
  const last = pieces.at(-1)!;
  const units = pieces.reduce((sum, piece) => sum + piece.units, 0);
  return { from: pieces[0]!.from, to: last.to, units, atSentence: last.atSentence };
}

/** A line of more than this many full segments is packed block by block. */
const LONG_LINE = 4;
/** About one sentence in so many begins a new block. */
const SENTENCES_A_BLOCK = 12;

/**
 * Blocks end behind sentences that are chosen by their own words alone: however a long line is edited elsewhere, the same
 * sentences end a block, and the blocks between stay as they are.
 */
function blocksOf(text: string, atoms: readonly Piece[]): Piece[][] {
  const blocks: Piece[][] = [[]];
  for (const atom of atoms) {
    blocks.at(-1)!.push(atom);
    if (atom.atSentence && hash(text.slice(atom.from, atom.to).trim()) % SENTENCES_A_BLOCK === 0) blocks.push([]);
  }
  return blocks.filter((block) => block.length > 0);
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
