/** `pipeline import` on the command line. */
import { type Command, Option } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { omitDisclosureOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerImport(root: Command): void {
  const command = root
    .command('import')
    .description('Turn a manuscript into a folder with a manifest, a text for each chapter, and the cover')
    .argument('<manuscript>', 'EPUB 2 or 3, .docx, .odt, .html, .md, .txt, .srt, .vtt or .pdf file')
    .option(
      '--out <dir>',
      "folder to write to (default: the book's title); if it has a book, the new one is written beside it",
    )
    .option('--title <title>', 'title of the book, if the manuscript has none or a wrong one')
    .option('--author <name>', 'who wrote it')
    .option(
      '--language <code>',
      'language, such as en or zh (default: the one that the manuscript names, or is written in)',
    )
    .option('--cast', 'assign each quotation to the speaker that the text names; mark uncertain ones with [?]')
    .option('--keep-matter', 'keep the title page, copyright page, dedication, index and similar parts')
    .option('--pages <ranges>', 'pages of a PDF to read, such as 5-310,312; the others are left out (default: all)')
    .addOption(
      new Option('--notes <how>', 'leave notes out, or read each at the end of its paragraph (default: leave)').choices(
        ['leave', 'end'],
      ),
    )
    .addOption(
      new Option('--ruby <what>', 'read the characters below ruby, or the reading above them (default: base)').choices([
        'base',
        'reading',
      ]),
    )
    .option(
      '--report <file>',
      'write JSON that accounts for every letter: how many the chapters have, what was left out and why',
    )
    .addOption(omitDisclosureOption())
    .option('--json', 'print one JSON object')
    .action(async (manuscript: string, flags: import('./import.ts').ImportFlags) => {
      const { importCommand } = await import('./import.ts');
      await finishCommand(importCommand(manuscript, flags), flags);
    });
  addExamples(command, [
    ['pipeline import novel.epub', 'write the folder "Novel"'],
    ['pipeline import novel.docx --cast --out novel', 'find the speakers, too'],
  ]);
}
