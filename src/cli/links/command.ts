/** `pipeline links` on the command line. */
import { type Command, InvalidArgumentError } from 'commander';
import { end } from '../command-line/end.ts';
import { simulateOption, storeOption } from '../command-line/options.ts';
import type { LinksFlags } from './links.ts';

const UNIT_SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
/** The longest life of a signed link (Amazon S3 API reference, "Authenticating Requests: Using Query Parameters"). */
const MOST_SECONDS = 7 * 86_400;

/** Adds the command. */
export function registerLinks(root: Command): void {
  root
    .command('links')
    .description("links to a book's finished files in a store on S3, for people without credentials; sends nothing")
    .argument('<manifest>', 'the book: a YAML file')
    .addOption(storeOption())
    .addOption(simulateOption())
    .option('--expires <time>', 'how long they work: 30m, 12h, 7d at most', lifetime, UNIT_SECONDS['d'])
    .option('--json', 'as one JSON object')
    .action(async (manifest: string, flags: LinksFlags) => {
      const { linksCommand } = await import('./links.ts');
      await end(linksCommand(manifest, flags), flags);
    });
}

function lifetime(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
  if (!(seconds >= 60 && seconds <= MOST_SECONDS)) {
    throw new InvalidArgumentError('A time such as 30m, 12h or 2d is needed, from 1m to 7d.');
  }
  return seconds;
}
