import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { decodeText } from '../manifest/decode.ts';
import type { Manifest, PlacedPronunciation } from '../manifest/manifest.ts';
import { parsePronunciationFile } from '../manifest/pronunciation-file.ts';
import { type Pronouncer, pronouncer } from '../script/pronouncer.ts';
import { readAuthorFile } from './author-file.ts';
import { addDiagnostic, type ReadingContext, requestFor } from './reading-context.ts';

/** The word lists of a book, ready for use, and which of their entries were found in it. */
export interface Pronunciations {
  pronouncerOf(character: string): Pronouncer;
  /** SHA-256 over all entries that could be found, in their order; undefined when there are none. */
  digest: string | undefined;
  /** Notes that a character says a word. */
  found(word: string, character: string): void;
  /** Warns of the manifest's entries that were never found. A file's are not looked at: a series shares it. */
  warnOfUnused(): void;
}

/** Largest word file, in bytes. */
const WORD_FILE_BYTES = 1024 * 1024;

/** Loads the word lists: a character's own win over the book's, the book's over the file's. */
export async function loadPronunciations(context: ReadingContext, manifest: Manifest): Promise<Pronunciations> {
  const fromFile = await loadWordFile(context, manifest);
  const shared = [...manifest.pronunciations, ...fromFile];
  const ofBook = pronouncer(shared);
  const own = new Map(
    manifest.characters.flatMap(({ name, pronunciations: words }) =>
      words.length === 0 ? [] : [[name, pronouncer([...words, ...shared])] as const],
    ),
  );
  const ownWords = new Map(
    manifest.characters.map(({ name, pronunciations: words }) => [name, new Set(words.map(({ word }) => word))]),
  );
  const used = new Set<string>();
  const usedBy = new Map<string, Set<string>>();
  return {
    pronouncerOf: (character) => own.get(character) ?? ofBook,
    digest: digestOf(shared, manifest),
    found(word, character) {
      if (!ownWords.get(character)?.has(word)) used.add(word);
      else usedBy.set(character, (usedBy.get(character) ?? new Set()).add(word));
    },
    warnOfUnused() {
      for (const entry of manifest.pronunciations) if (!used.has(entry.word)) complainOfUnused(context, entry);
      for (const { name, pronunciations: words } of manifest.characters) {
        for (const entry of words) if (!usedBy.get(name)?.has(entry.word)) complainOfUnused(context, entry, name);
      }
    },
  };
}

function digestOf(shared: readonly PlacedPronunciation[], { characters }: Manifest): string | undefined {
  const entries = [
    ...shared.map(({ word, spoken }) => [word, spoken]),
    ...characters.flatMap(({ name, pronunciations: words }) => words.map(({ word, spoken }) => [name, word, spoken])),
  ];
  return entries.length === 0 ? undefined : createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}

function complainOfUnused(context: ReadingContext, { word, at }: PlacedPronunciation, character?: string): void {
  const message = `"${word}" is never ${character === undefined ? 'said' : `said by "${character}"`}, so this changes nothing.`;
  const fix = 'Check how it is written in the text; capital and small letters count, and only whole words are found.';
  addDiagnostic(context, at, { code: 'unused-word', message, fix }, 'warning');
}

async function loadWordFile(
  context: ReadingContext,
  { pronunciationFile: wordFile }: Manifest,
): Promise<PlacedPronunciation[]> {
  if (!wordFile) return [];
  const content = await readAuthorFile(requestFor(context, wordFile.path, WORD_FILE_BYTES));
  if ('problem' in content) {
    addDiagnostic(context, wordFile.at, content.problem);
    return [];
  }
  const file = join(context.shownFolder, wordFile.path);
  const decoded = decodeText({ file, bytes: content.bytes });
  if ('diagnostic' in decoded) {
    context.diagnostics.push(decoded.diagnostic);
    return [];
  }
  context.sources.set(file, decoded.text);
  const { words, diagnostics } = parsePronunciationFile({ file, text: decoded.text });
  context.diagnostics.push(...diagnostics);
  return words;
}
