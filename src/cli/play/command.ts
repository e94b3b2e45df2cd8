/** `pipeline play` on the command line. */
import type { Command } from 'commander';
import type { LineName } from '../../script/lines/line-name.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { lineArgument, takeNumber } from '../command-line/line-argument.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerPlay(root: Command): void {
  const command = root
    .command('play')
    .description('Play one line as it sounds in its chapter, with two seconds around it; makes no service calls')
    .argument('<manifest>', 'YAML file of the book')
    .argument('<line>', 'the line, such as 3:37; 3:37.2 is its second segment', lineArgument)
    .option('--take <n>', 'hear this take instead of the one that the book uses', takeNumber)
    .option('--out <file>', 'write a WAV file instead of playing; - is stdout')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--json', 'print one JSON object with the name of the file')
    .action(async (manifest: string, line: LineName, flags: import('./play.ts').PlayFlags) => {
      const { playCommand } = await import('./play.ts');
      await finishCommand(playCommand(manifest, line, flags), flags);
    });
  addExamples(command, [
    ['pipeline play book.yaml 3:37', 'the take that the book uses'],
    ['pipeline play book.yaml 3:37 --take 2', 'another one'],
    ['pipeline play book.yaml 3:37 --out - | ffplay -', 'with your own player'],
  ]);
}
