/** `pipeline say` on the command line. */
import type { Command } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples, addParagraph } from '../command-line/help.ts';
import { budgetOption, simulateOption, storeOption, yesOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerSay(root: Command): void {
  const command = root
    .command('say')
    .description("Speak a name or a sentence in a character's voice, after showing the price")
    .argument('<manifest>', 'YAML file of the book')
    .argument('<character>', 'who speaks')
    .argument('<words>', 'what to say')
    .option('--out <file>', 'write a WAV file instead of playing; - is stdout')
    .addOption(budgetOption())
    .addOption(yesOption())
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object with the name of the file')
    .action(async (manifest: string, character: string, words: string, flags: import('./say.ts').SayFlags) => {
      const { sayCommand } = await import('./say.ts');
      await finishCommand(sayCommand(manifest, character, words, flags), flags);
    });
  addExamples(command, [
    ['pipeline say book.yaml mara "Ukridge"', 'how a name will sound'],
    ['pipeline say book.yaml mara "Yookridge"', 'and in another spelling'],
  ]);
  addParagraph(
    command,
    'The words are sent as they are written here, without the word list of the book. The exact words of a line of the book become a take of that line: what was spoken once is not paid again.',
  );
}
