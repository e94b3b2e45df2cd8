import { CST, type Document, Lexer, parseDocument, visit, type YAMLError } from 'yaml';
import type { Diagnostic } from './diagnostic.ts';
import type { LineIndex } from './position.ts';

/** A YAML document that is safe to turn into values, or none when its syntax is broken. */
export interface YamlReading {
  document?: Document.Parsed;
  value?: unknown;
  diagnostics: Diagnostic[];
}

/**
 * Reads YAML that nobody vouches for. The library recurses and keeps every token: nesting is therefore bounded by a look
 * at the tokens before it runs (20,000 nested braces end the process, not just the parse), as is their number.
 */
export function readYaml({ file, text, lines }: { file: string; text: string; lines: LineIndex }): YamlReading {
  const problem = (from: number, to: number, rest: Pick<Diagnostic, 'code' | 'message' | 'fix'>): Diagnostic => ({
    severity: 'error',
    file,
    start: lines.position(from),
    end: lines.position(to),
    ...rest,
  });
  const unsafe = unsafePlace(text);
  if (unsafe) return { diagnostics: [problem(unsafe.offset, unsafe.offset + 1, unsafe)] };

  // Duplicate keys are looked for below: the library compares every key with every other one.
  const document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false, logLevel: 'error' });
  const diagnostics = [...firstOfEach(document.errors), ...document.warnings].map((error) =>
    problem(...errorRange(error, text), wordsFor(error, text)),
  );
  diagnostics.push(...duplicateKeys(document).map(({ from, to, ...rest }) => problem(from, to, rest)));
  if (document.errors.length > 0 || document.warnings.length > 0) return { diagnostics };
  try {
    return { document, value: document.toJS({ maxAliasCount: MOST_ALIASES }), diagnostics };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const [from, to] = firstAlias(document);
    return { diagnostics: [...diagnostics, problem(from, to, aliasWords(error))] };
  }
}

/** Bounds of a manifest's syntax. A real one of 2,000 chapters stays below a third of each. */
const MOST_TOKENS = 250_000;
const DEEPEST_NESTING = 30;
const MOST_INDICATORS_A_LINE = 20;
const DEEPEST_INDENT = 100;
/** What aliases may multiply a node to, as the yaml library counts it. */
const MOST_ALIASES = 100;

type Words = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

function unsafePlace(text: string): (Words & { offset: number }) | undefined {
  const tooDeep = {
    code: 'too-deep',
    message: 'This is nested too deeply for a manifest.',
    fix: 'Remove the brackets or the indentation.',
  };
  let offset = 0;
  let tokens = 0;
  let depth = 0;
  let indicators = 0;
  let lineIsBlank = true;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (++tokens > MOST_TOKENS) {
      return {
        offset,
        code: 'too-complex',
        message: 'This manifest has too many parts.',
        fix: 'Move the texts into files.',
      };
    }
    if (type === 'newline') {
      indicators = 0;
      lineIsBlank = true;
    } else if (type === 'space') {
      if (lineIsBlank && token.length > DEEPEST_INDENT) return { offset, ...tooDeep };
    } else {
      lineIsBlank = false;
      if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
      if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
      const indicates = type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind';
      if (indicates && depth === 0) indicators++;
      if (depth > DEEPEST_NESTING || indicators > MOST_INDICATORS_A_LINE) return { offset, ...tooDeep };
    }
    // The lexer's own marks (document start, scalar follows, flow error end) are not in the source.
    if (!['\u0002', '\u0018', '\u001f'].includes(token)) offset += token.length;
  }
  return undefined;
}

/** One syntax error breeds others behind it: only the first of each kind helps the reader, and at most three. */
function firstOfEach(errors: YAMLError[]): YAMLError[] {
  const seen = new Map(errors.toReversed().map((error) => [error.code, error]));
  const tabs = seen.get('TAB_AS_INDENT');
  if (tabs) return [tabs];
  return [...seen.values()].sort((a, b) => a.pos[0] - b.pos[0]).slice(0, 3);
}

/** A missing quote is noticed at the end of the file; the last quote before it is the one that was left open. */
function errorRange({ message, pos: [from, to] }: YAMLError, text: string): [number, number] {
  const open = /Missing closing ["']quote/.test(message)
    ? text.lastIndexOf(message.includes('"') ? '"' : "'", from)
    : -1;
  return open < 0 ? [from, to] : [open, open + 1];
}

function wordsFor(error: YAMLError, text: string): Words {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {
        code: 'tab-indent',
        message: 'A tab is used to indent.',
        fix: 'Indent with spaces; YAML does not allow tabs.',
      };
    case 'BAD_INDENT':
      return syntax(
        'This line is not indented like the ones it belongs to.',
        'Begin all fields of one group in the same column.',
      );
    case 'BLOCK_AS_IMPLICIT_KEY':
      return syntax('There is a second ": " in this value.', 'Put the value in quotes, like "Title: Subtitle".');
    case 'MULTILINE_IMPLICIT_KEY':
      return syntax(
        'This line is neither a field nor part of a text.',
        'Write it as "field: value", with a space behind the colon.',
      );
    case 'MISSING_CHAR':
      return missingCharacter(error, text);
    case 'UNEXPECTED_TOKEN':
      return syntax(
        'There is something behind the end of this value.',
        'Put the whole value in quotes, or remove what follows.',
      );
    case 'BAD_SCALAR_START':
      return syntax('A value can not begin with this sign.', 'Put the value in quotes.');
    case 'BAD_DQ_ESCAPE':
      return syntax('This backslash means nothing here.', 'Write \\\\ for a backslash, or use single quotes.');
    case 'BAD_ALIAS':
      return syntax('This reference (*) has no name.', 'Put the value in quotes if the star is meant as text.');
    case 'MULTIPLE_DOCS':
      return syntax('A second document begins here (---).', 'Keep one manifest in a file.');
    case 'NON_STRING_KEY':
      return syntax('The name of a field must be plain text.', 'Write it as text in quotes.');
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'yaml-tag',
        message: 'Tags with "!" mean nothing in a manifest.',
        fix: 'Remove it, or put the value in quotes.',
      };
    default:
      return syntax(`This is not valid YAML: ${error.message}.`, 'Compare it with the examples in manifests/.');
  }
}

function syntax(message: string, fix: string): Words {
  return { code: 'yaml-syntax', message, fix };
}

function missingCharacter(error: YAMLError, text: string): Words {
  if (/quote/.test(error.message))
    return syntax('A quotation mark is missing.', 'Close the quotes where the value ends.');
  if (/Implicit map keys/.test(error.message)) {
    const behind = text.slice(error.pos[0], error.pos[1] + 1);
    return syntax(
      'This line is neither a field nor part of a text.',
      behind.includes(':')
        ? 'Write a space behind the colon.'
        : 'Write it as "field: value", or indent it like the text above.',
    );
  }
  return syntax(`Something is missing: ${error.message}.`, 'Compare it with the examples in manifests/.');
}

function duplicateKeys(document: Document.Parsed): (Words & { from: number; to: number })[] {
  const found: (Words & { from: number; to: number })[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const node = key as { value?: unknown; range?: [number, number, number] | null } | null;
        if (!node?.range) continue;
        if (seen.has(node.value)) {
          const message = `"${node.value}" is here for the second time.`;
          found.push({
            from: node.range[0],
            to: node.range[1],
            code: 'duplicate-key',
            message,
            fix: 'Keep one of the two.',
          });
        }
        seen.add(node.value);
      }
    },
  });
  return found.slice(0, 20);
}

function firstAlias(document: Document.Parsed): [number, number] {
  let range: [number, number] = [0, 1];
  visit(document, {
    Alias(_key, alias) {
      if (alias.range) range = [alias.range[0], alias.range[1]];
      return visit.BREAK;
    },
  });
  return range;
}

function aliasWords(error: ReferenceError): Words {
  if (/Excessive/.test(error.message)) {
    return {
      code: 'alias-bomb',
      message: 'References (*name) multiply this manifest beyond all bounds.',
      fix: 'Write the values out.',
    };
  }
  return {
    code: 'unknown-alias',
    message: 'A reference (*name) points to nothing, or into itself.',
    fix: 'Write the value out, or put it in quotes.',
  };
}
