/** Finds words that an author lost to a comment: `title: The Lamp #2` has the title “The Lamp”. Pure. */
import { type Document, isScalar, type Node, visit } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LineIndex } from './position.ts';

/** Most warnings of one file. */
const MOST = 20;

/**
 * A warning for each plain text, or missing value, that ends at a `#` without a space behind it on the same line. People
 * write a space behind the sign of a comment; `#2` and `#MeToo` are words.
 */
export function hiddenWords({
  file,
  text,
  document,
  lines,
}: {
  file: string;
  text: string;
  document: Document.Parsed;
  lines: LineIndex;
}): Diagnostic[] {
  const found: Diagnostic[] = [];
  visit(document, {
    Node(_key, node) {
      if (found.length >= MOST) return visit.BREAK;
      const hidden = hiddenBehind(node, text);
      if (hidden === undefined) return undefined;
      const { from, words } = hidden;
      const shown = words.length > 40 ? `${words.slice(0, 39)}…` : words;
      found.push({
        code: 'hidden-words',
        severity: 'warning',
        file,
        start: lines.position(from),
        end: lines.position(from + words.length),
        message: `“${shown}” is a comment here, because a # with a space before it begins one.`,
        fix: 'If it belongs to the value, put the whole value in quotes; otherwise write a space behind the #.',
      });
      return undefined;
    },
  });
  return found;
}

function hiddenBehind(node: Node, text: string): { from: number; words: string } | undefined {
  if (!isScalar(node) || node.type !== 'PLAIN' || !node.range) return undefined;
  if (typeof node.value !== 'string' && node.value !== null) return undefined;
  // Looks at this place alone: a line may have all of the manifest.
  const begins = /[ \t]*#(?=[^\s#])/y;
  begins.lastIndex = node.range[1];
  if (!begins.test(text)) return undefined;
  const from = begins.lastIndex - 1;
  const end = text.indexOf('\n', from);
  return { from, words: text.slice(from, end < 0 ? text.length : end).trimEnd() };
}
