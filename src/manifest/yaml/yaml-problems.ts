/** Finds the cause of YAML syntax errors: the library reports where it noticed them, which may be lines later. Pure. */
import type { YAMLError } from 'yaml';
import { oddLayout } from './odd-spaces.ts';
import { type Brackets, bracketsOf, placedTokens, type SyntaxProblem, tabIndent } from './yaml-brackets.ts';
import { WRONG_COLUMN, yamlErrorMessage } from './yaml-messages.ts';

/** Most errors to report at once: one causes others after it. */
const MOST_PROBLEMS = 3;

/** The errors that caused the library's errors; empty for none. */
export function syntaxProblems(errors: readonly YAMLError[], text: string): SyntaxProblem[] {
  if (errors.length > 0 && /\r(?!\n)/.test(text) && !text.includes('\n')) return [oldLineEnds()];
  const [tab] = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  if (tab !== undefined) return [tabIndent(...tab.pos)];
  const quote = errors.find(({ message }) => /Missing closing ["']quote/.test(message));
  if (quote !== undefined) return [openQuote(quote, text)];
  const brackets = bracketsOf(text);
  if (errors.length > 0 && brackets.problem !== undefined) return [brackets.problem];
  const problems = firstOfEach(errors).map((error) => problemBehind(error, { text, brackets }));
  const comma = problems.find(({ message }) => message === NO_COMMA);
  if (comma !== undefined) return [comma];
  // The first error in a line causes the others in it, and a line in a wrong column those in the lines after it.
  const lineOf = ({ from }: SyntaxProblem): number => lineAt(text, from).start;
  const misplaced = problems.findIndex(({ message }) => message === WRONG_COLUMN);
  return problems
    .slice(0, misplaced < 0 ? undefined : misplaced + 1)
    .filter((one, at) => problems.findIndex((other) => lineOf(other) === lineOf(one)) === at)
    .slice(0, MOST_PROBLEMS);
}

/** YAML's rules know a lone CR, the library does not. */
function oldLineEnds(): SyntaxProblem {
  const fix = 'Save the file with the line ends of Unix (LF) or Windows (CRLF).';
  return { from: 0, to: 1, ...syntax('The lines of this file end as on an old Mac (CR).', fix) };
}

const NO_COMMA = 'A comma is missing before this.';

/** Only the first error of each kind helps the reader. */
function firstOfEach(errors: readonly YAMLError[]): YAMLError[] {
  const seen = new Map(errors.toReversed().map((error) => [error.code, error]));
  return [...seen.values()].sort((a, b) => a.pos[0] - b.pos[0]);
}

/** The library reports a missing quote at the end of the file or at an unindented line; the open quote is before it. */
function openQuote(error: YAMLError, text: string): SyntaxProblem {
  const [before] = error.pos;
  let at = before;
  for (const { type, source, offset } of placedTokens(text)) {
    if (offset > before) break;
    const isQuoted = type === 'single-quoted-scalar' || type === 'double-quoted-scalar';
    if (isQuoted && (source.length < 2 || source.at(-1) !== source[0])) at = offset;
  }
  return { from: at, to: at + 1, ...syntax('A quotation mark is missing.', 'Close the quotes where the value ends.') };
}

interface SyntaxContext {
  text: string;
  brackets: Brackets;
}

function problemBehind(error: YAMLError, context: SyntaxContext): SyntaxProblem {
  const [from, to] = error.pos;
  const found = DETECTORS.reduce<SyntaxProblem | undefined>((done, find) => done ?? find(error, context), undefined);
  return found ?? { from, to, ...yamlErrorMessage(error, context.text) };
}

/** Each detects one common mistake and answers undefined for others. */
const DETECTORS: readonly ((error: YAMLError, context: SyntaxContext) => SyntaxProblem | undefined)[] = [
  missingComma,
  textAfterBrackets,
  quoteInside,
  dashWithoutSpace,
  indentedTooFar,
  textTooFarLeft,
  oddCharacter,
];

/** `{title: T author: A}` */
function missingComma(
  { code, pos: [from, to] }: YAMLError,
  { text, brackets }: SyntaxContext,
): SyntaxProblem | undefined {
  if (code !== 'UNEXPECTED_TOKEN' && code !== 'BLOCK_IN_FLOW') return undefined;
  if (!brackets.pairs.some(({ at, end = at }) => at < from && from < end)) return undefined;
  const second = /(?<=\s)[^\s:]+:(?=\s|$)/.exec(text.slice(from, to));
  const at = code === 'BLOCK_IN_FLOW' && second !== null ? from + second.index : from;
  const fix = 'Separate what is inside the brackets with commas.';
  return { from: at, to: at + 1, ...syntax(NO_COMMA, fix) };
}

/** `text: [mara] Who is there?` */
function textAfterBrackets(
  { code, pos: [from] }: YAMLError,
  { text, brackets }: SyntaxContext,
): SyntaxProblem | undefined {
  if (code !== 'UNEXPECTED_TOKEN') return undefined;
  const before = text.slice(0, from).trimEnd().length - 1;
  const pair = brackets.pairs.find(({ end }) => end === before);
  if (pair === undefined) return undefined;
  const { character: bracket, at } = pair;
  const line = lineAt(text, at).rest.trimEnd();
  const quoted = line.length <= 60 && !/["\\]/.test(line) ? `: "${line}"` : '';
  const message = `A value that begins with ${bracket} is a ${bracket === '[' ? 'list' : 'group'}, but there is more text after its end.`;
  return { from: at, to: before + 1, ...syntax(message, `If it is text, put all of it in quotes${quoted}.`) };
}

/** `'It's here'` */
function quoteInside({ code, pos: [from] }: YAMLError, { text }: SyntaxContext): SyntaxProblem | undefined {
  const quote = text[from - 1];
  if (code !== 'UNEXPECTED_TOKEN' || (quote !== "'" && quote !== '"')) return undefined;
  const [message, fix] =
    quote === "'"
      ? ['This apostrophe ends the quoted text.', 'Put the text in double quotes, or write two apostrophes here.']
      : ['This quotation mark ends the quoted text.', 'Write \\" for a quotation mark inside the text.'];
  return { from: from - 1, to: from, ...syntax(message, fix) };
}

/** `-title: One` */
function dashWithoutSpace({ code, pos: [from] }: YAMLError, { text }: SyntaxContext): SyntaxProblem | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY' && code !== 'MULTILINE_IMPLICIT_KEY') return undefined;
  const { start, line } = lineAt(text, from);
  const dash = /^(\s*)-(?=[\p{L}"']|[^\S ])/u.exec(line);
  if (dash === null) return undefined;
  const at = start + dash[1]!.length;
  return {
    from: at,
    to: at + 1,
    ...syntax('A space is missing after this dash.', 'Write "- " where an item of a list begins.'),
  };
}

/** A field that is indented further than the one above continues its value. */
function indentedTooFar({ code, pos: [from] }: YAMLError, { text }: SyntaxContext): SyntaxProblem | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY' && code !== 'MULTILINE_IMPLICIT_KEY') return undefined;
  const { start, line, end } = lineAt(text, from);
  // Without a colon the line is not a field; a second colon in its value is the error.
  if (!/:\s/.test(text.slice(start, from)) || /:(?:\s|$)/.test(text.slice(from, end))) return undefined;
  const next = lineAt(text, end + 1);
  const field = /^( *)[^\s:#-][^:]*:(?:\s|$)/.exec(next.line);
  const column = /^\s*(?:- )*/.exec(line)![0].length;
  if (field === null || next.start <= start || field[1]!.length <= column) return undefined;
  const at = next.start + field[1]!.length;
  const message = 'This line is indented further than the line above, so it is read as part of its value.';
  return { from: at, to: next.end, ...syntax(message, `Begin it in column ${column + 1}, like the line above.`) };
}

/** A line below `text: |` that is not indented like the text. */
function textTooFarLeft({ code, pos: [from] }: YAMLError, { text }: SyntaxContext): SyntaxProblem | undefined {
  if (code !== 'BAD_INDENT' && code !== 'MISSING_CHAR') return undefined;
  const { line, start, end } = lineAt(text, from);
  const above = text.slice(0, start).split(/\r?\n/).slice(0, -1);
  const at = above.findLastIndex((one) => /^\s*(?:- +)*[\w-]+:(?:\s|$)/.test(one));
  const field = /^(\s*(?:- +)*)([\w-]+:\s*[|>][+-]?)\d?\s*(?:#.*)?$/.exec(above[at] ?? '');
  // A line that is a field has another error.
  if (field === null || /^\s*(?:- +)*[\w-]+:(?:\s|$)/.test(line)) return undefined;
  const first = above.slice(at + 1).find((one) => one.trim() !== '');
  const least = first === undefined ? field[1]!.length + 2 : /^ */.exec(first)![0].length;
  const fix = `Indent every line of the text by at least ${least} spaces.`;
  const message = `This is not indented like the text that begins at "${field[2]!.replace(/\s+/, ' ')}".`;
  const indent = /^\s*/.exec(line)![0].length;
  return { from: start + indent, to: end, ...syntax(message, fix) };
}

/** `title：T`, and a line that is indented with a wide or a fixed space. */
function oddCharacter({ pos: [from] }: YAMLError, { text }: SyntaxContext): SyntaxProblem | undefined {
  const { start, line } = lineAt(text, from);
  return oddLayout(line, start);
}

function lineAt(text: string, at: number): { start: number; end: number; line: string; rest: string } {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const found = text.slice(at).search(/\r?\n/);
  const end = found < 0 ? text.length : at + found;
  return { start, end, line: text.slice(start, end), rest: text.slice(at, end) };
}

function syntax(message: string, fix: string): Pick<SyntaxProblem, 'code' | 'message' | 'fix'> {
  return { code: 'yaml-syntax', message, fix };
}
