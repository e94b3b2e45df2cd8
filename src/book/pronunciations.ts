import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { SpellClass } from '../manifest/fields/spell-classes.ts';
import type { Manifest, PlacedPronunciation, Spell } from '../manifest/manifest.ts';
import { parsePls } from '../manifest/pronunciation/pls.ts';
import { parsePronunciationFile } from '../manifest/pronunciation/pronunciation-file.ts';
import { decodeText } from '../manifest/yaml/decode.ts';
import { spellsIn } from '../reading/languages.ts';
import { type Pronouncer, pronouncer } from '../script/pronounce/pronouncer.ts';
import { withSpelling } from '../script/pronounce/spell.ts';
import { readAuthorFile } from './edit/author-file.ts';
import { addDiagnostic, type ReadingContext, requestFor } from './reading-context.ts';

/** The pronunciations of a book, ready to use, and which of them occur in it. */
export interface Pronunciations {
  pronouncerOf(character: string): Pronouncer;
  /** SHA-256 of all entries, in order; undefined when there are none. */
  digest: string | undefined;
  /** Of the book and its file, in the order of precedence. */
  entries: readonly PlacedPronunciation[];
  /** Records that a character says a word, or that something of a class is spelled out. */
  found(word: string, character: string, spelled?: SpellClass): void;
  /** How many places were spelled out, by class. Absent: the manifest switches none on. */
  spelled?: SpelledPlaces;
  /** Warns about unused entries of the manifest, but not of the file, which a series shares. */
  warnUnused(): void;
}

/** Places that are spelled out, by class, in the order of the manifest. */
export type SpelledPlaces = Partial<Record<SpellClass, number>>;

/** Largest pronunciation file. */
const PRONUNCIATION_FILE_BYTES = 1024 * 1024;

/** Loads the pronunciations. A character's own take precedence over the book's, and the book's over the file's. */
export async function loadPronunciations(context: ReadingContext, manifest: Manifest): Promise<Pronunciations> {
  const fromFile = await loadPronunciationFile(context, manifest);
  const shared = [...manifest.words, ...fromFile];
  const ofBook = pronouncer(shared);
  const own = new Map(
    manifest.characters.flatMap(({ name, words }) =>
      words.length === 0 ? [] : [[name, pronouncer(words, ofBook)] as const],
    ),
  );
  const ownWords = new Map(
    manifest.characters.map(({ name, words }) => [name, new Set(words.map(({ word }) => word))]),
  );
  const used = new Set<string>();
  const usedBy = new Map<string, Set<string>>();
  const { language } = manifest;
  const classes = manifest.spell && offered(context, manifest.spell, language);
  const spelled = classes && (Object.fromEntries(classes.map((each) => [each, 0])) as SpelledPlaces);
  const spelling = (list: Pronouncer): Pronouncer => (classes ? withSpelling(list, { classes, language }) : list);
  const ofBookSpelled = spelling(ofBook);
  const ownSpelled = new Map([...own].map(([name, list]) => [name, spelling(list)]));
  return {
    pronouncerOf: (character) => ownSpelled.get(character) ?? ofBookSpelled,
    entries: shared,
    digest: digestOf(shared, manifest),
    ...(spelled && { spelled }),
    found(word, character, ofClass) {
      if (ofClass !== undefined && spelled) spelled[ofClass] = (spelled[ofClass] ?? 0) + 1;
      else if (!ownWords.get(character)?.has(word)) used.add(word);
      else usedBy.set(character, (usedBy.get(character) ?? new Set()).add(word));
    },
    warnUnused() {
      for (const entry of manifest.words) if (!used.has(entry.word)) warnUnusedWord(context, entry);
      for (const { name, words } of manifest.characters) {
        for (const entry of words) if (!usedBy.get(name)?.has(entry.word)) warnUnusedWord(context, entry, name);
      }
    },
  };
}

/** The classes that the language has; an error for the others. */
function offered(context: ReadingContext, { classes, at }: Spell, language: string): SpellClass[] {
  const has = spellsIn(language);
  const missing = classes.filter((each) => !has.includes(each));
  if (missing.length > 0) {
    const name = new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language;
    const message = `In ${name}, ${missing.join(', ')} cannot be spelled out reliably.`;
    const instead = 'write these places in words, or add them to "pronunciations:"; `pipeline check` lists them.';
    const fix =
      has.length === 0 ? `Remove "spell:", and ${instead}` : `Remove it, and ${instead} Available: ${has.join(', ')}.`;
    addDiagnostic(context, at, { code: 'spell-not-offered', message, fix });
  }
  return classes.filter((each) => has.includes(each));
}

function digestOf(shared: readonly PlacedPronunciation[], { characters }: Manifest): string | undefined {
  const spoken = (list: readonly PlacedPronunciation[]): PlacedPronunciation[] =>
    list.filter((one) => !isOnlyReviewed(one));
  const entries = [
    ...spoken(shared).map((one) => partsOf(one)),
    ...characters.flatMap(({ name, words }) => spoken(words).map((one) => [name, ...partsOf(one)])),
  ];
  return entries.length === 0 ? undefined : createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

/** What of an entry is heard. */
function partsOf({ word, spoken, anyCase, pattern }: PlacedPronunciation): string[] {
  return [word, spoken, ...(anyCase ? ['any case'] : []), ...(pattern ? ['pattern'] : [])];
}

/** A word that was found to be right as it is. */
function isOnlyReviewed({ word, spoken, reviewed }: PlacedPronunciation): boolean {
  return reviewed === true && word === spoken;
}

function warnUnusedWord(context: ReadingContext, { word, at }: PlacedPronunciation, character?: string): void {
  const message = `"${word}" is never ${character === undefined ? 'said' : `said by "${character}"`}, so this entry has no effect.`;
  const isTakenApart = word !== word.normalize('NFC');
  const fix = isTakenApart
    ? 'Type it again: its accents are characters of their own here (Unicode NFD), and in most texts they are not.'
    : 'Check how the text spells it; only whole words match, and upper and lower case differ.';
  addDiagnostic(context, at, { code: 'unused-word', message, fix }, 'warning');
}

async function loadPronunciationFile(
  context: ReadingContext,
  { wordFile: pronunciationFile }: Manifest,
): Promise<PlacedPronunciation[]> {
  if (!pronunciationFile) return [];
  const content = await readAuthorFile(requestFor(context, pronunciationFile.path, PRONUNCIATION_FILE_BYTES));
  if ('problem' in content) {
    addDiagnostic(context, pronunciationFile.at, content.problem);
    return [];
  }
  const file = join(context.shownFolder, pronunciationFile.path);
  const decoded = decodeText({ file, bytes: content.bytes });
  if ('diagnostic' in decoded) {
    context.diagnostics.add(decoded.diagnostic);
    return [];
  }
  context.sources.set(file, decoded.text);
  const parse = /\.pls$/i.test(file) ? parsePls : parsePronunciationFile;
  const { words, diagnostics } = parse({ file, text: decoded.text });
  context.diagnostics.add(...diagnostics);
  return words;
}
