/** Finds unbalanced YAML brackets and reports the bracket at fault, not where a parser notices it. Pure. */
import { CST, Lexer } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';

/** A syntax error and its place, in UTF-16 code units. */
export type SyntaxProblem = Pick<Diagnostic, 'code' | 'message' | 'fix'> & { from: number; to: number };

/** A pair of brackets, perhaps still open. */
interface Bracket {
  character: '[' | '{';
  at: number;
  /** Offset of the closing bracket. Absent: still open. */
  end?: number;
}

/** The brackets of a text. */
export interface Brackets {
  /** The first unbalanced bracket; undefined when there is none. */
  problem?: SyntaxProblem;
  /** All pairs before it. */
  pairs: readonly Bracket[];
}

/** Reads the brackets of a text. */
export function bracketsOf(text: string): Brackets {
  const open: Bracket[] = [];
  const pairs: Bracket[] = [];
  for (const { type, offset } of placedTokens(text)) {
    if (type === 'flow-map-start' || type === 'flow-seq-start') {
      open.push({ character: type === 'flow-map-start' ? '{' : '[', at: offset });
    } else if (type === 'flow-map-end' || type === 'flow-seq-end') {
      const problem = mismatch(open, { bracket: type === 'flow-map-end' ? '}' : ']', at: offset });
      if (problem !== undefined) return { problem: problem, pairs };
      pairs.push({ ...open.pop()!, end: offset });
    } else if (type === 'flow-error-end' && open.length > 0) {
      return { problem: interrupted(open.at(-1)!, offset, text), pairs };
    }
  }
  const left = open.at(-1);
  return left === undefined ? { pairs } : { problem: unclosed(left), pairs };
}

/** The tokens of a text with their offsets. The lexer's own marks are not in the source and have no length. */
export function* placedTokens(text: string): Generator<{ type: string | null; source: string; offset: number }> {
  let offset = 0;
  for (const source of new Lexer().lex(text)) {
    yield { type: CST.tokenType(source), source, offset };
    // Document start, scalar follows, flow error end.
    if (!['\u0002', '\u0018', '\u001f'].includes(source)) offset += source.length;
  }
}

const CLOSING = { '[': ']', '{': '}' } as const;
const KIND = { '[': 'list', '{': 'group' } as const;

function mismatch(open: readonly Bracket[], closing: { bracket: ']' | '}'; at: number }): SyntaxProblem | undefined {
  const { bracket, at } = closing;
  const last = open.at(-1);
  if (last !== undefined && CLOSING[last.character] === bracket) return undefined;
  if (last === undefined || !open.some((pair) => CLOSING[pair.character] === bracket)) {
    const opening = bracket === ']' ? '[' : '{';
    const fix = `Remove it, or write ${opening} where the ${KIND[opening]} begins.`;
    return syntax(at, `There is no ${opening} for this ${bracket}.`, fix);
  }
  const message = `This ${last.character} is still open at a ${bracket}.`;
  return syntax(last.at, message, `Write ${CLOSING[last.character]} before the ${bracket}.`);
}

/** A line with too little indentation ends all brackets: either one was forgotten, or the line belongs inside. */
function interrupted(last: Bracket, at: number, text: string): SyntaxProblem {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(start))![0];
  if (indent.includes('\t')) return tabIndent(start, start + indent.length);
  if (!isClosedLater(last, text.slice(at))) return unclosed(last);
  const from = start + indent.length;
  const message = `This line is between ${last.character} and ${CLOSING[last.character]}, but it is not indented.`;
  const fix = `Indent it with spaces, further than the line with the ${last.character}.`;
  return syntax(from, message, fix);
}

/** The error for a tab at the beginning of a line. */
export function tabIndent(from: number, to: number): SyntaxProblem {
  const message = 'This line is indented with a tab.';
  return { from, to, code: 'tab-indent', message, fix: 'Indent with spaces; YAML does not allow tabs.' };
}

/** Number of lines to search for a closing bracket. */
const MOST_LINES = 30;

function isClosedLater({ character: bracket }: Bracket, rest: string): boolean {
  let depth = 1;
  for (const character of rest.split('\n', MOST_LINES).join('\n')) {
    if (character === bracket) depth += 1;
    else if (character === CLOSING[bracket]) depth -= 1;
    if (depth === 0) return true;
  }
  return false;
}

function unclosed({ character: bracket, at }: Bracket): SyntaxProblem {
  const fix = `Write ${CLOSING[bracket]} where the ${KIND[bracket]} ends, or put the value in quotes if it is text.`;
  return syntax(at, `This ${bracket} is never closed.`, fix);
}

function syntax(at: number, message: string, fix: string): SyntaxProblem {
  return { from: at, to: at + 1, code: 'yaml-syntax', message, fix };
}
