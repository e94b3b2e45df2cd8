/** `pipeline init`: a small book with comments that runs as it is. */
import { relative } from 'node:path';
import { starterFiles } from '../../composition/starter-files.ts';
import { chapterFiles } from '../../import/write/chapter-files.ts';
import { writeImportedBook } from '../../import/write/write-folder.ts';
import { bookFolderName } from '../../plan/names.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { printError } from '../command-line/finish-command.ts';
import { plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';

/** The flags of the command. */
export interface InitFlags {
  title?: string;
  omitDisclosure?: string;
  json?: boolean;
}

/** Exit code 0, or 2 when the folder is not empty; nothing is ever overwritten. */
export async function initCommand(folder: string, flags: InitFlags): Promise<number> {
  const terminal = openTerminal();
  const title =
    flags.title?.trim() || (folder === '.' ? 'My Book' : bookFolderName(folder.split(/[\\/]/).at(-1) ?? ''));
  const book = { title, language: 'en', chapters: STARTER, notes: [] };
  const written = await writeImportedBook({
    book,
    language: book.language,
    ...chapterFiles(book, false),
    folder,
    fallbackTitle: title,
    standIns: starterFiles(),
    omitDisclosure: flags.omitDisclosure,
  });
  if (written === undefined) {
    const message = `The folder "${plain(folder)}" is not empty. Name a new folder, such as: pipeline init my-book`;
    terminal.err(`pipeline: ${message}`);
    if (flags.json) printError({ code: 'wrong-command-line', message, exitCode: EXIT.wrongInput });
    return EXIT.wrongInput;
  }
  const path = relative('.', written.manifestPath);
  if (flags.json) {
    terminal.raw(JSON.stringify({ type: 'init', ok: true, manifest: path, title }));
    return EXIT.ok;
  }
  terminal.out(`Wrote ${plain(path)} with a first chapter and a sample voice.`);
  terminal.out(`Next: pipeline run ${plain(path)} --simulate`);
  return EXIT.ok;
}

const STARTER = [
  {
    title: 'Chapter One',
    blocks: [
      { kind: 'text' as const, text: 'Write your first chapter here. A blank line separates two paragraphs.' },
      {
        kind: 'text' as const,
        text: 'A paragraph that begins with the name of a character in square brackets is spoken by that character. Three asterisks alone on a line separate two scenes.',
      },
      { kind: 'scene' as const, text: '' },
      { kind: 'text' as const, text: 'Then run the program again: only what you have changed is spoken again.' },
    ],
  },
];
