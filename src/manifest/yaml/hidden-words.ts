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
  const end = node.range[1];
  const behind = /^[ \t]*(#[^\s#].*)/.exec(text.slice(end, endOfLine(text, end)));
  if (behind === null) return undefined;
  const words = behind[1]!.trimEnd();
  return { from: end + behind[0].length - behind[1]!.length, words };
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}
