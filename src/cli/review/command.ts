/** `pipeline review` on the command line. */
import type { Command } from 'commander';
import { chapterOption } from '../command-line/chosen-chapters.ts';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { budgetOption, port, simulateOption, storeOption } from '../command-line/options.ts';

/** Adds the command. */
export function registerReview(root: Command): void {
  const command = root
    .command('review')
    .description('Open the studio in a browser: hear the book, find what is wrong, correct it, approve it')
    .argument('<manifest>', 'YAML file of the book')
    .option('--port <n>', 'port of the studio; 0 chooses a free one (default: 0)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1); any other needs PIPELINE_API_TOKEN')
    .option('--no-open', 'only print the address; do not open a browser')
    .option('--export <file>', 'write a page for a reviewer without the program: the lines to hear, in one HTML file')
    .option('--all', 'with --export: every line, not only those to hear')
    .addOption(chapterOption('with --export: only these chapters, such as 3, 2-4 or 3,7'))
    .option('--merge <file>', 'apply the decisions that a reviewer saved in such a page')
    .addOption(simulateOption())
    .addOption(storeOption())
    .option('--out <dir>', 'folder for finished books (default: PIPELINE_OUT, or out)')
    .addOption(
      budgetOption({ most: 'most to spend while the studio is open', above: 'above it, nothing more is sent' }),
    )
    .option('--json', 'print the address as one JSON object')
    .action(async (manifest: string, flags: AllFlags) => {
      await finishCommand(commandFor(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline review book.yaml', 'until Ctrl-C'],
    ['pipeline review book.yaml --simulate', 'try it without a key'],
    ['pipeline review book.yaml --export review.html', 'for somebody without the program'],
    ['pipeline review book.yaml --merge "The Harbor - Ann.review"', 'what came back'],
    ['pipeline review book.yaml --port 8700 --no-open', 'on a server: ssh -L 8700:127.0.0.1:8700 HOST'],
  ]);
}

type AllFlags = import('./review.ts').ReviewFlags &
  import('./export.ts').ExportFlags &
  import('./merge.ts').MergeFlags & { export?: string; merge?: string };

/** Three things under one name: the studio, and the way of its decisions to a reviewer and back. */
async function commandFor(manifest: string, flags: AllFlags): Promise<number> {
  const { export: file, merge, all, chapter } = flags;
  const { ConfigError } = await import('../../config/values.ts');
  if (file !== undefined && merge !== undefined)
    throw new ConfigError('--export and --merge are two steps. Give one of them.');
  if (file === undefined && (all || chapter !== undefined))
    throw new ConfigError('--all and --chapter choose what is in the page of --export. Give them with it.');
  if (file !== undefined) return (await import('./export.ts')).exportCommand(manifest, file, flags);
  if (merge !== undefined) return (await import('./merge.ts')).mergeCommand(manifest, merge, flags);
  return (await import('./review.ts')).reviewCommand(manifest, flags);
}
