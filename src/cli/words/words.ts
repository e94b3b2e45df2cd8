/** `pipeline words`: names and uncommon words by how often they come, and the book's word list for other programs. */
import { writeFile } from 'node:fs/promises';
import { type BookWord, bookWords } from '../../book/book-words.ts';
import { loadBook } from '../../book/load-book.ts';
import { modelChooser } from '../../composition/choose-model.ts';
import { type Flags, readConfig } from '../../config/config.ts';
import { ConfigError } from '../../config/values.ts';
import { PipelineError, systemCode } from '../../errors.ts';
import { plsText, yamlWordList } from '../../manifest/pronunciation/pls.ts';
import { withoutRepeats } from '../../manifest/pronunciation/pronunciation.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { diagnosticsEvent, printDiagnostics } from '../screen/diagnostics-screen.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';

/** Flags of `words`. */
export interface WordsFlags extends Flags {
  all?: boolean;
  export?: string;
  json?: boolean;
}

/** Words shown without `--all`. */
const MOST_WORDS = 30;

/** Exit code 0; 2 when the manifest is wrong or the file to write is there already. Calls nothing. */
export async function wordsCommand(manifest: string, flags: WordsFlags): Promise<number> {
  const terminal = openTerminal();
  const { book, diagnostics, sources } = await loadBook({
    manifestPath: manifest,
    modelFor: modelChooser(readConfig(flags)),
  });
  if (book === undefined) {
    printDiagnostics({ diagnostics, sources }, terminal);
    if (flags.json) terminal.raw(JSON.stringify(diagnosticsEvent(manifest, diagnostics)));
    return EXIT.wrongInput;
  }
  const { manifest: of } = book;
  const wordList = withoutRepeats(book.wordList, ({ word }) => word).list;
  if (flags.export !== undefined) {
    const isPls = /\.pls$/i.test(flags.export);
    if (!isPls && !/\.ya?ml$/i.test(flags.export))
      throw new ConfigError('--export needs a file ending in .pls or .yaml.');
    await writeNew(flags.export, isPls ? plsText(wordList, of.language) : yamlWordList(wordList));
  }
  const words = bookWords(book, sources.get(book.manifestPath));
  if (flags.json) {
    const exported = flags.export !== undefined && { exported: flags.export };
    terminal.raw(JSON.stringify({ type: 'words', title: of.title, words, wordList: wordList.length, ...exported }));
    return EXIT.ok;
  }
  if (flags.export !== undefined) terminal.out(`${plain(flags.export)}: ${counted(wordList.length, 'word')}.`);
  print(words, terminal, { all: flags.all ?? false });
  return EXIT.ok;
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new ConfigError(`${plain(path)} already exists. Name a new file.`);
    const message = `Cannot write ${plain(path)} (${systemCode(error) ?? 'unknown reason'}).`;
    throw new PipelineError({ code: 'store-unwritable', message, retry: 'never', cause: error });
  }
}

function print(words: readonly BookWord[], terminal: Terminal, { all }: { all: boolean }): void {
  const of = (state: BookWord['state']): number => words.filter((word) => word.state === state).length;
  const states = `${counted(of('open'), 'open', 'open')}, ${grouped(of('listed'))} in a word list, ${grouped(of('reviewed'))} reviewed`;
  terminal.out(`${counted(words.length, 'name or uncommon word', 'names and uncommon words')}: ${states}.`);
  const shown = all ? words : words.filter(({ state }) => state === 'open').slice(0, MOST_WORDS);
  const rows = shown.map(({ word, kind, count, state, spoken, number, file, line }) => [
    plain(word),
    grouped(count),
    kind,
    spoken === undefined || spoken === word ? state : `${state}: ${plain(spoken)}`,
    `first ${number}${file === undefined ? '' : ` (${plain(file)}${line === undefined ? '' : `:${line}`})`}`,
  ]);
  const columns = [{}, { align: 'right' as const }, {}, {}, { narrow: { how: 'shorten' as const, least: 12 } }];
  for (const line of tableLines({ columns, rows, width: terminal.columns })) terminal.out(line);
  if (shown.length < words.length) terminal.out('To list all of them: words --all.');
  if (of('open') > 0)
    terminal.out(
      'To settle one, below "book:" in the manifest: pronunciations: { WORD: how it is spoken }, or { WORD: { reviewed: true } }',
    );
}
