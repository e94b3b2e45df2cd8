/** Wraps text to a width in columns: between words, never inside one, with a hanging indent. */
import { characterWidth, textWidth } from './text-width.ts';

/** Marks that begin a line; what follows the first line is set below the text behind the mark. */
const MARK = /^( *)((?:[✓✗!~→+>-]|fix:|\d+\.) +)?/;
/** What a line continues with when it has no mark. */
const HANGING = 2;
/** Blanks where a line may end; never before a separator. */
const BLANKS = /( +(?! |·(?: |$)))/;
const STYLE = /\u001b\[[\d;]*m/y;
/** Punctuation that must not begin a line in Chinese and Japanese (GB/T 15834, JIS X 4051), and what must not end one. */
const CLOSING = new Set('、。，．：；！？）］｝〉》」』】〕”’…—·.,:;!?)]}%');
const OPENING = new Set('（［｛〈《「『【〔“‘([{');

/**
 * The lines that a text takes at a width. Blanks at a break are dropped. A word that is wider than a line, such as a path,
 * is left whole on a line of its own. Wide characters (Chinese, Japanese, Korean) may be parted anywhere but at punctuation.
 * `hang`: columns before each line but the first; default: the text's own indent, plus its mark or 2.
 */
export function wrap(text: string, width: number, hang?: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, width, hang));
}

function wrapLine(line: string, width: number, hang = hangingIndent(line, width)): string[] {
  if (textWidth(line) <= width) return [line];
  const lines: string[] = [];
  let current = '';
  let used = 0;
  // A line with nothing on it yet takes whatever comes first.
  let isEmpty = true;
  for (const [index, piece] of line.split(BLANKS).entries()) {
    if (index % 2 === 1) {
      current += piece;
      used += piece.length;
      continue;
    }
    for (const atom of atomsOf(piece)) {
      const columns = textWidth(atom);
      if (!isEmpty && columns > 0 && used + columns > width) {
        lines.push(current.trimEnd());
        current = ' '.repeat(hang);
        used = hang;
      }
      current += atom;
      used += columns;
      if (columns > 0) isEmpty = false;
    }
  }
  return [...lines, current.trimEnd()];
}

function hangingIndent(line: string, width: number): number {
  const [, indent = '', mark] = MARK.exec(line.replaceAll(new RegExp(STYLE.source, 'g'), '')) ?? [];
  return Math.min(indent.length + (mark?.length ?? HANGING), Math.floor(width / 3));
}

/** Parts of a word that must stay together: the word itself, or each wide character with its punctuation. */
function atomsOf(word: string): string[] {
  const atoms: string[] = [];
  let atom = '';
  let before = '';
  for (let index = 0; index < word.length; ) {
    STYLE.lastIndex = index;
    const style = STYLE.exec(word)?.[0];
    if (style !== undefined) {
      atom += style;
      index += style.length;
      continue;
    }
    const character = String.fromCodePoint(word.codePointAt(index)!);
    if (before !== '' && mayPart(before, character)) {
      atoms.push(atom);
      atom = '';
    }
    atom += character;
    before = character;
    index += character.length;
  }
  return [...atoms, atom];
}

function mayPart(before: string, after: string): boolean {
  if (characterWidth(after) === 0 || (characterWidth(before) !== 2 && characterWidth(after) !== 2)) return false;
  return !CLOSING.has(after) && !OPENING.has(before);
}
