/** Word lists in the Pronunciation Lexicon Specification of the W3C (PLS 1.0): read and written. Pure. */
import { Parser } from 'htmlparser2';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { PlacedPronunciation } from '../manifest.ts';
import { lineIndex } from '../yaml/position.ts';
import { MOST_PRONUNCIATIONS, type Pronunciation, patternProblem, wordProblem } from './pronunciation.ts';

const NAMESPACE = 'http://www.w3.org/2005/01/pronunciation-lexicon';
/** What PLS has no word for is in `role`, which is a list of names of one's own. */
const OWN = 'urn:narration-pipeline:words';
const ROLES = { anyCase: 'any-case', pattern: 'pattern', reviewed: 'reviewed' } as const;

/** A `lexeme`: its spellings, and how it is spoken. */
interface Lexeme {
  graphemes: string[];
  alias: string;
  phoneme: boolean;
  roles: string;
  at: number;
}

/**
 * Reads a lexicon. `alias` says how a word is spoken; a lexeme with phonemes alone is left out with a warning, because no engine
 * here takes phonemes. Never throws; entities that the file declares are not expanded.
 */
export function parsePls({ file, text }: { file: string; text: string }): {
  words: PlacedPronunciation[];
  diagnostics: Diagnostic[];
} {
  const lexemes = lexemesIn(text);
  const index = lineIndex(text);
  const diagnostics: Diagnostic[] = [];
  const note = (severity: Diagnostic['severity'], code: string, message: string, fix: string, at?: number): void => {
    diagnostics.push({ severity, code, file, message, fix, ...(at !== undefined && { start: index.position(at) }) });
  };
  if (lexemes === undefined) {
    note(
      'error',
      'bad-word',
      'This is not a PLS lexicon.',
      'Name an XML file whose root is <lexicon>, or a YAML file.',
    );
    return { words: [], diagnostics };
  }
  const phonemes = lexemes.filter(({ alias, phoneme }) => phoneme && alias === '');
  if (phonemes.length > 0) {
    const message = `${phonemes.length} of ${lexemes.length} words have phonemes only, which the engines do not take. They have no effect.`;
    note('warning', 'unused-word', message, 'Add an <alias> with a spelling that sounds right.', phonemes[0]?.at);
  }
  const words = lexemes.flatMap((lexeme) => entriesOf(lexeme, index));
  for (const { word, pattern, at } of words) {
    const problem = wordProblem(word) ?? (pattern ? patternProblem(word) : undefined);
    if (problem)
      diagnostics.push({
        severity: 'error',
        code: 'bad-word',
        file,
        message: `The word "${word.slice(0, 60)}" ${problem}.`,
        ...at,
      });
  }
  if (words.length > MOST_PRONUNCIATIONS)
    note('error', 'bad-word', `There are more than ${MOST_PRONUNCIATIONS} words here.`, 'Remove some.');
  return { words: words.slice(0, MOST_PRONUNCIATIONS), diagnostics: diagnostics.slice(0, 100) };
}

function entriesOf(
  { graphemes, alias, roles, at }: Lexeme,
  index: ReturnType<typeof lineIndex>,
): PlacedPronunciation[] {
  const has = (role: string): boolean => roles.split(/\s+/).some((one) => one.split(':').at(-1) === role);
  const states = {
    ...(has(ROLES.anyCase) && { anyCase: true as const }),
    ...(has(ROLES.pattern) && { pattern: true as const }),
    ...(has(ROLES.reviewed) && { reviewed: true as const }),
  };
  if (alias === '' && !states.reviewed) return [];
  const place = { start: index.position(at), end: index.position(at + '<lexeme'.length) };
  return graphemes.map((word) => ({ word, spoken: alias === '' ? word : alias.slice(0, 200), ...states, at: place }));
}

/** Undefined when the root is no `lexicon`. Prefixes of names do not matter. */
function lexemesIn(text: string): Lexeme[] | undefined {
  const found: Lexeme[] = [];
  let root: string | undefined;
  let current: Lexeme | undefined;
  let words = '';
  const local = (name: string): string => name.split(':').at(-1) ?? name;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        root ??= local(name);
        words = '';
        if (local(name) === 'lexeme')
          current = {
            graphemes: [],
            alias: '',
            phoneme: false,
            roles: attributes['role'] ?? '',
            at: parser.startIndex,
          };
      },
      ontext(data) {
        if (words.length < 1000) words += data;
      },
      onclosetag(name) {
        const value = words.replace(/\s+/g, ' ').trim();
        if (current === undefined) return;
        if (local(name) === 'grapheme' && value !== '' && current.graphemes.length < 100) current.graphemes.push(value);
        if (local(name) === 'alias' && current.alias === '') current.alias = value;
        if (local(name) === 'phoneme') current.phoneme = true;
        if (local(name) !== 'lexeme') return;
        if (found.length <= MOST_PRONUNCIATIONS) found.push(current);
        current = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  return root === 'lexicon' ? found : undefined;
}

/** A lexicon of these words, as other programs read it. */
export function plsText(words: readonly Pronunciation[], language: string): string {
  const lexemes = words.map(({ word, spoken, anyCase, pattern, reviewed }) => {
    const roles = [anyCase && ROLES.anyCase, pattern && ROLES.pattern, reviewed && ROLES.reviewed].filter(Boolean);
    const role = roles.length === 0 ? '' : ` role="${roles.map((one) => `words:${one}`).join(' ')}"`;
    return `  <lexeme${role}><grapheme>${escaped(word)}</grapheme><alias>${escaped(spoken)}</alias></lexeme>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<lexicon version="1.0" xmlns="${NAMESPACE}" xmlns:words="${OWN}" alphabet="ipa" xml:lang="${language}">`,
    ...lexemes,
    '</lexicon>',
    '',
  ].join('\n');
}

/** The same as a YAML word list. */
export function yamlWordList(words: readonly Pronunciation[]): string {
  const lines = words.map(({ word, spoken, anyCase, pattern, reviewed }) => {
    const states = [anyCase && 'anyCase', pattern && 'pattern', reviewed && 'reviewed'].filter(Boolean);
    const say = JSON.stringify(spoken);
    if (states.length === 0) return `${JSON.stringify(word)}: ${say}`;
    return `${JSON.stringify(word)}: { say: ${say}, ${states.map((state) => `${state}: true`).join(', ')} }`;
  });
  return `${lines.join('\n')}\n`;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
