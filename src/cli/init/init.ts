/** `pipeline init`: a commented starter book that runs at once. */
import { relative } from 'node:path';
import { writeImportedBook } from '../../import/write-folder.ts';
import { bookFolderName } from '../../plan/names.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { starterFiles } from '../composition/starter-files.ts';
import { openTerminal, plain } from '../screen/terminal.ts';

/** Exit code 0, or 2 when there is something in the folder already; nothing is ever overwritten. */
export async function initCommand(folder: string, flags: { title?: string }): Promise<number> {
  const terminal = openTerminal();
  const title =
    flags.title?.trim() || (folder === '.' ? 'My Book' : bookFolderName(folder.split(/[\\/]/).at(-1) ?? ''));
  const written = await writeImportedBook({
    book: { title, language: 'en', chapters: STARTER, notes: [] },
    folder,
    fallbackTitle: title,
    cast: false,
    standIns: starterFiles(),
  });
  if (written === undefined) {
    terminal.err(
      `pipeline: there is something in "${plain(folder)}" already. Name a new folder: pipeline init my-book`,
    );
    return EXIT.wrongInput;
  }
  const path = relative('.', written.manifestPath);
  terminal.out(`${plain(path)} is written, with a first chapter and a stand-in voice.`);
  terminal.out(`Hear it: pipeline run ${plain(path)} --simulate`);
  return EXIT.ok;
}

const STARTER = [
  {
    title: 'Chapter One',
    blocks: [
      { kind: 'text' as const, text: 'Write your first chapter here. A blank line parts two paragraphs.' },
      {
        kind: 'text' as const,
        text: 'A paragraph that begins with the name of a character in square brackets is spoken by that character. Three stars alone on a line part two scenes.',
      },
      { kind: 'scene' as const, text: '' },
      { kind: 'text' as const, text: 'Then run the program again: only what you have changed is spoken anew.' },
    ],
  },
];
