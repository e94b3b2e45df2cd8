/** `pipeline links` on the command line. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { finishCommand } from '../command-line/finish-command.ts';
import { addExamples } from '../command-line/help.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';
import type { LinksFlags } from './links.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
/** Longest lifetime of a signed link (Amazon S3 API reference, "Authenticating Requests: Using Query Parameters"). */
const MOST_SECONDS = 7 * 86_400;
const DEFAULT_SECONDS = 86_400;

/** Adds the command. */
export function registerLinks(root: Command): void {
  const command = root
    .command('links')
    .description("Print download links to a book's finished files in a store on S3; makes no service calls")
    .argument('<manifest>', 'YAML file of the book')
    .addOption(storeOption())
    .addOption(simulateOption())
    .addOption(
      new Option('--expires <time>', 'how long the links work, such as 30m or 12h, at most 7d')
        .argParser(lifetime)
        .default(DEFAULT_SECONDS, '1d'),
    )
    .option('--json', 'print one JSON object')
    .action(async (manifest: string, flags: LinksFlags) => {
      const { linksCommand } = await import('./links.ts');
      await finishCommand(linksCommand(manifest, flags), flags);
    });
  addExamples(command, [
    ['pipeline links book.yaml --store s3://bucket/store', 'links that work for a day'],
    ['pipeline links book.yaml --store s3://bucket/store --expires 7d', 'links that work for a week'],
  ]);
}

function lifetime(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (!(seconds >= 60 && seconds <= MOST_SECONDS)) {
    throw new InvalidArgumentError('Give a time such as 30m, 12h or 2d, from 1m to 7d.');
  }
  return seconds;
}
