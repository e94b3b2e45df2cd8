/** `pipeline import` on the command line. */
import type { Command } from 'commander';
import { end } from '../command-line/end.ts';

/** Adds the command. */
export function registerImport(root: Command): void {
  root
    .command('import')
    .description('turn a manuscript into a folder with a manifest, a text for each chapter, and the cover')
    .argument('<manuscript>', 'an EPUB 2 or 3, .docx, .md or .txt file')
    .option('--out <dir>', "a new or empty folder (default: the book's title)")
    .option('--cast', 'give each quotation to the speaker the text names; what is not certain gets [?] to review')
    .option('--keep-matter', 'keep title page, dedication, index and the like')
    .option('--json', 'what was written, as one JSON event')
    .action(async (manuscript: string, flags: import('./import.ts').ImportFlags) => {
      const { importCommand } = await import('./import.ts');
      await end(importCommand(manuscript, flags), flags);
    });
}
