import type { Scalar } from 'yaml';
import { emptyOffsetMap, noteOffset, type OffsetMap } from './offsets.ts';

/**
 * Maps each character of a YAML text value to its offset in the YAML source, through indentation, folded lines, quotes and
 * escapes. `source` is the whole document that `node` was parsed from.
 */
export function scalarOffsets(node: Scalar.Parsed, source: string): OffsetMap {
  const value = String(node.value);
  const map = emptyOffsetMap();
  const quote = node.type === 'QUOTE_DOUBLE' ? '"' : node.type === 'QUOTE_SINGLE' ? "'" : '';
  let at = contentStart(node, source);
  for (let index = 0; index < value.length; index++) {
    if (isSpace(value, index)) {
      const escaped = quote === '"' && source[at] === '\\' ? escapeLength(source, at) : 0;
      noteOffset(map, index, at);
      if (escaped > 0) at += escaped;
      else if (isSpace(source, at)) at++;
      continue;
    }
    at = skipLayout(source, at, quote);
    noteOffset(map, index, at);
    if (quote === '"' && source[at] === '\\') {
      // \U gives two code units when it names an emoji.
      if (isHighSurrogate(value, index) && source[at + 1] === 'U') index++;
      at += escapeLength(source, at);
    } else {
      at += quote === "'" && source.startsWith("''", at) ? 2 : 1;
    }
  }
  return map;
}

function contentStart(node: Scalar.Parsed, source: string): number {
  const start = node.range[0];
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') return source.indexOf('\n', start) + 1;
  return node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? start + 1 : start;
}

/** Skips indentation, folded line ends and, in double quotes, a backslash that joins two lines. */
function skipLayout(source: string, from: number, quote: string): number {
  let at = from;
  while (at < source.length) {
    if (isSpace(source, at)) at++;
    else if (quote === '"' && source[at] === '\\' && /[\r\n]/.test(source[at + 1] ?? '')) at++;
    else break;
  }
  return at;
}

function escapeLength(source: string, at: number): number {
  const digits: Record<string, number> = { x: 2, u: 4, U: 8 };
  return 2 + (digits[source[at + 1] ?? ''] ?? 0);
}

/** YAML's own white space; other spaces are content. */
function isSpace(text: string, index: number): boolean {
  const character = text[index];
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}

function isHighSurrogate(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code < 0xdc00;
}
