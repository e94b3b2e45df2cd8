/** `pipeline words` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';

/** Adds the command. */
export function registerWords(root: Command): void {
  const command = root
    .command('words')
    .description(
      "List a book's names and uncommon words, to settle how they are spoken before the run; makes no service calls",
    )
    .argument('<manifest>', 'YAML file of the book')
    .option('--all', 'list all words, not only the most frequent ones that are not settled yet')
    .option('--export <file>', "write the book's word list to a new file: a PLS lexicon (.pls) or YAML (.yaml)")
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: import('./words.ts').WordsFlags) => {
      const { wordsCommand } = await import('./words.ts');
      await finishCommand(wordsCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline words book.yaml', 'what to settle first'],
    ['pipeline words book.yaml --export series.pls', 'the word list for another program'],
  ]);
}
