import { type Document, parseDocument, visit } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LineIndex } from './position.ts';
import { placedTokens } from './yaml-brackets.ts';
import { yamlErrorMessage } from './yaml-messages.ts';
import { syntaxProblems } from './yaml-problems.ts';

/** A YAML document that is safe to turn into values; absent when its syntax is broken. */
export interface YamlReading {
  document?: Document.Parsed;
  value?: unknown;
  diagnostics: Diagnostic[];
}

/**
 * Reads untrusted YAML. The library recurses and keeps every token, so nesting and token count are checked before it runs:
 * 20,000 nested braces would crash the process, not just the parse. `what`: the kind of file, for messages.
 */
export function readYaml({
  file,
  text,
  lines,
  what = 'manifest',
  mostTokens = MOST_TOKENS,
}: {
  file: string;
  text: string;
  lines: LineIndex;
  what?: string;
  mostTokens?: number;
}): YamlReading {
  const problem = (from: number, to: number, rest: Pick<Diagnostic, 'code' | 'message' | 'fix'>): Diagnostic => ({
    severity: 'error',
    file,
    start: lines.position(from),
    end: lines.position(to),
    ...rest,
  });
  const unsafe = unsafePlace(text, { what, mostTokens });
  if (unsafe) return { diagnostics: [problem(unsafe.offset, unsafe.offset + 1, unsafe)] };

  // Duplicate keys are found below: the library compares every key with every other one.
  const document = parseDocument(text, { uniqueKeys: false, stringKeys: true, prettyErrors: false, logLevel: 'error' });
  const problems = [
    ...syntaxProblems(document.errors, text),
    ...document.warnings.slice(0, MOST_WARNINGS).map((warning) => ({
      from: warning.pos[0],
      to: warning.pos[1],
      ...yamlErrorMessage(warning, text),
    })),
  ];
  const diagnostics = problems.map(({ from, to, ...rest }) => problem(from, to, rest));
  diagnostics.push(...duplicateKeys(document).map(({ from, to, ...rest }) => problem(from, to, rest)));
  if (document.errors.length > 0 || document.warnings.length > 0) return { diagnostics };
  try {
    return { document, value: document.toJS({ maxAliasCount: MOST_ALIASES }), diagnostics };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    const [from, to] = firstAlias(document);
    return { diagnostics: [...diagnostics, problem(from, to, aliasMessage(error, what))] };
  }
}

/** Bounds on a manifest's syntax. A real one with 2,000 chapters stays below a third of each. */
const MOST_TOKENS = 250_000;
const DEEPEST_NESTING = 30;
const MOST_INDICATORS_A_LINE = 20;
const DEEPEST_INDENT = 100;
/** Most warnings of the library to report. */
const MOST_WARNINGS = 100;
/** How often aliases may multiply a node, as the yaml library counts it. */
const MOST_ALIASES = 100;

type Message = Pick<Diagnostic, 'code' | 'message' | 'fix'>;

function unsafePlace(
  text: string,
  { what, mostTokens }: { what: string; mostTokens: number },
): (Message & { offset: number }) | undefined {
  const tooDeep = {
    code: 'too-deep',
    message: `This is nested too deeply for a ${what}.`,
    fix: 'Remove the brackets or the indentation.',
  };
  let tokens = 0;
  let depth = 0;
  let indicators = 0;
  let lineIsBlank = true;
  for (const { type, source, offset } of placedTokens(text)) {
    if (++tokens > mostTokens) {
      return {
        offset,
        code: 'too-complex',
        message: `This ${what} has too many parts.`,
        fix: what === 'manifest' ? 'Move the texts into files.' : 'Check that it is the right file.',
      };
    }
    if (type === 'newline') {
      indicators = 0;
      lineIsBlank = true;
    } else if (type === 'space') {
      if (lineIsBlank && source.length > DEEPEST_INDENT) return { offset, ...tooDeep };
    } else {
      lineIsBlank = false;
      if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
      if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
      const indicates = type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind';
      if (indicates && depth === 0) indicators++;
      if (depth > DEEPEST_NESTING || indicators > MOST_INDICATORS_A_LINE) return { offset, ...tooDeep };
    }
  }
  return undefined;
}

function duplicateKeys(document: Document.Parsed): (Message & { from: number; to: number })[] {
  const found: (Message & { from: number; to: number })[] = [];
  visit(document, {
    Map(_key, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const node = key as { value?: unknown; range?: [number, number, number] | null } | null;
        if (!node?.range) continue;
        if (seen.has(node.value)) {
          const message = `"${node.value}" appears twice.`;
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

function aliasMessage(error: ReferenceError, what: string): Message {
  if (/Excessive/.test(error.message)) {
    return {
      code: 'alias-bomb',
      message: `References (*name) make this ${what} too large.`,
      fix: 'Write the values out.',
    };
  }
  return {
    code: 'unknown-alias',
    message: 'A reference (*name) points to nothing, or into itself.',
    fix: 'Write the value out, or put it in quotes.',
  };
}
