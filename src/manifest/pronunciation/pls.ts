/** Word lists in the Pronunciation Lexicon Specification of the W3C (PLS 1.0): read and written. Pure. */
import { Parser } from 'htmlparser2';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { PlacedPronunciation } from '../manifest.ts';
import { lineIndex } from '../yaml/position.ts';
import {
  LONGEST_SPOKEN,
  MOST_PATTERNS,
  MOST_PRONUNCIATIONS,
  type Pronunciation,
  patternProblem,
  spokenProblem,
  withoutRepeats,
  wordProblem,
} from './pronunciation.ts';

const NAMESPACE = 'http://www.w3.org/2005/01/pronunciation-lexicon';
/** What PLS has no word for is in `role`, which is a list of names of one's own. */
const OWN = 'urn:narration-pipeline:words';
const ROLES = { anyCase: 'any-case', pattern: 'pattern', reviewed: 'reviewed' } as const;

/** A `lexeme`: its spellings, and how it is spoken. */
interface Lexeme {
  graphemes: string[];
  alias: string;
  /** The alias is the one that the lexicon prefers. */
  preferred: boolean;
  phoneme: boolean;
  roles: string;
  at: number;
}

/** What of a file is not as XML must be, so that words may be lost. */
interface Fault {
  message: string;
  at: number;
}

/**
 * Reads a lexicon. `alias` says how a word is spoken, the preferred one before others; a lexeme with phonemes alone is left out with
 * a warning, because no engine here takes phonemes. Never throws. A file that is cut off, and an entity that the file declares, are
 * errors: words would be lost or spoken wrong.
 */
export function parsePls({ file, text }: { file: string; text: string }): {
  words: PlacedPronunciation[];
  diagnostics: Diagnostic[];
} {
  const read = lexemesIn(text);
  const index = lineIndex(text);
  const diagnostics: Diagnostic[] = [];
  const note = (severity: Diagnostic['severity'], code: string, message: string, fix: string, at?: number): void => {
    diagnostics.push({ severity, code, file, message, fix, ...(at !== undefined && { start: index.position(at) }) });
  };
  if (read === undefined) {
    note(
      'error',
      'bad-word',
      'This is not a PLS lexicon.',
      'Name an XML file whose root is <lexicon>, or a YAML file.',
    );
    return { words: [], diagnostics };
  }
  const { lexemes, fault } = read;
  if (fault) note('error', 'bad-word', fault.message, 'Write the file again from the program that made it.', fault.at);
  const phonemes = lexemes.filter(({ alias, phoneme }) => phoneme && alias === '');
  if (phonemes.length > 0) {
    const message = `${phonemes.length} of ${lexemes.length} words have phonemes only, which the engines do not take. They have no effect.`;
    note('warning', 'unused-word', message, 'Add an <alias> with a spelling that sounds right.', phonemes[0]?.at);
  }
  const words = lexemes.flatMap((lexeme) => entriesOf(lexeme, index));
  for (const { word, spoken, pattern, at } of words) {
    const problem = wordProblem(word) ?? (pattern ? patternProblem(word) : undefined) ?? spokenProblem(spoken);
    if (problem) {
      const message = `The word "${word.slice(0, 60)}" ${problem}.`;
      diagnostics.push({ severity: 'error', code: 'bad-word', file, message, ...at });
    }
  }
  for (const { word, at } of withoutRepeats(words).repeats) {
    const message = `"${word.slice(0, 60)}" appears twice; the first one is spoken.`;
    const fix = 'Remove one of the two. For a word of two meanings, write a phrase that has it.';
    diagnostics.push({ severity: 'warning', code: 'unused-word', file, message, fix, ...at });
  }
  if (words.length > MOST_PRONUNCIATIONS)
    note('error', 'bad-word', `There are more than ${MOST_PRONUNCIATIONS} words here.`, 'Remove some.');
  if (words.filter(({ pattern }) => pattern).length > MOST_PATTERNS)
    note('error', 'bad-word', `There are more than ${MOST_PATTERNS} patterns here.`, 'Remove some.');
  const errorsFirst = diagnostics.sort((a, b) => Number(a.severity !== 'error') - Number(b.severity !== 'error'));
  return { words: words.slice(0, MOST_PRONUNCIATIONS), diagnostics: errorsFirst.slice(0, 100) };
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
  return graphemes.map((word) => ({ word, spoken: alias === '' ? word : alias, ...states, at: place }));
}

/** Undefined when the root is no `lexicon`. Prefixes of names do not matter. */
function lexemesIn(text: string): { lexemes: Lexeme[]; fault: Fault | undefined } | undefined {
  const lexemes: Lexeme[] = [];
  let root: string | undefined;
  let current: Lexeme | undefined;
  let fault: Fault | undefined;
  let words = '';
  let isPreferred = false;
  const local = (name: string): string => name.split(':').at(-1) ?? name;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        root ??= local(name);
        if (!IN_A_LEXEME.has(local(name))) return;
        words = '';
        isPreferred = attributes['prefer'] === 'true';
        if (local(name) !== 'lexeme') return;
        const roles = attributes['role'] ?? '';
        current = { graphemes: [], alias: '', preferred: false, phoneme: false, roles, at: parser.startIndex };
      },
      ontext(data) {
        const entity = /^&[\p{L}_][\p{L}\p{N}_.-]*;$/u.exec(data)?.[0];
        if (entity !== undefined && current !== undefined)
          fault ??= { message: `The entity ${entity.slice(0, 40)} is not resolved.`, at: parser.startIndex };
        if (words.length < MOST_READ) words += data;
      },
      onclosetag(name, isImplied) {
        if (isImplied) fault ??= { message: `The file is damaged: <${name}> is never closed.`, at: current?.at ?? 0 };
        const value = words.replace(/\s+/g, ' ').trim();
        if (current === undefined) return;
        if (local(name) === 'grapheme' && value !== '') current.graphemes.push(value);
        if (local(name) === 'alias' && (current.alias === '' || (isPreferred && !current.preferred)))
          Object.assign(current, { alias: value, preferred: isPreferred });
        if (local(name) === 'phoneme') current.phoneme = true;
        if (local(name) !== 'lexeme') return;
        if (lexemes.length <= MOST_PRONUNCIATIONS) lexemes.push(current);
        current = undefined;
      },
    },
    { xmlMode: true },
  );
  parser.end(text);
  return root === 'lexicon' ? { lexemes, fault } : undefined;
}

const IN_A_LEXEME: ReadonlySet<string> = new Set(['lexeme', 'grapheme', 'alias', 'phoneme', 'example']);
/** Characters of an element that are read: more than any word may have, so that a longer one is known. */
const MOST_READ = 5 * LONGEST_SPOKEN;

/** A lexicon of these words, as other programs read it. Of two that are for the same text only the first is written. */
export function plsText(words: readonly Pronunciation[], language: string): string {
  const lexemes = withoutRepeats(words).list.map(({ word, spoken, anyCase, pattern, reviewed }) => {
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

/** The same as a YAML word list, in which a word may stand once only. */
export function yamlWordList(words: readonly Pronunciation[]): string {
  const lines = withoutRepeats(words, ({ word }) => word).list.map(({ word, spoken, anyCase, pattern, reviewed }) => {
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
