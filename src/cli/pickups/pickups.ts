/** `pipeline pickups`: the lines that somebody should hear or record again, as a table, labels or regions. */
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../config/values.ts';
import { deliverText } from '../../deliver/files.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { type PickupItem, pickupCsv, pickupLabels, pickupRegions } from '../../lines/pickup-files.ts';
import { makeFolder } from '../../store/make-folder.ts';
import { momentOf } from '../../studio/book/moment.ts';
import { type PickupSheet, pickupSheets } from '../../studio/handing-out/pickup-list.ts';
import { openChapterSounds } from '../../studio/sound/chapter-sounds.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { writeOutput } from '../command-line/output-file.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { clock, counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';

/** Flags of `pickups`. */
export interface PickupsFlags extends BookFlags {
  csv?: string;
  audacity?: string;
  reaper?: string;
  chapter?: number[];
  all?: boolean;
  link?: string;
}

/** Exit code 0, also of an empty list; 2 when the manifest is wrong. Calls nothing, reads no audio, changes nothing but its files. */
export async function pickupsCommand(manifest: string, flags: PickupsFlags): Promise<number> {
  const terminal = openTerminal();
  const { csv, chapter, all, link, json } = flags;
  if (csv === '-' && json) throw new ConfigError('--csv - and --json both write to standard output. Choose one.');
  if (link !== undefined && !/^https?:\/\//.test(link))
    throw new ConfigError(`--link must be an address such as http://127.0.0.1:8700, not ${plain(link)}.`);
  const opened = await openBook({ manifest, flags, terminal });
  if (opened === undefined) return EXIT.wrongInput;
  requireChapters(opened.book, chapter);
  const moment = await momentOf({ ...opened, simulated: opened.config.simulate }, '');
  const sheets = await pickupSheets(moment, openChapterSounds(), { chapters: chapter, all, studio: link });
  const items = sheets.flatMap((sheet) => sheet.items);
  const orphans = moment.orphans.length;
  if (csv === '-') process.stdout.write(pickupCsv(items));
  const files = await writeFiles(sheets, flags);
  if (json) {
    terminal.raw(
      JSON.stringify({ type: 'pickups', title: opened.book.manifest.title, lines: items, files, withoutLine: orphans }),
    );
    return EXIT.ok;
  }
  if (csv !== '-') print(items, files, terminal);
  if (orphans > 0)
    terminal.err(
      `${counted(orphans, 'decision')} of the review file ${orphans === 1 ? 'has' : 'have'} no line now and ${orphans === 1 ? 'is' : 'are'} not in the list. To see them: pipeline check ${plain(manifest)}`,
    );
  return EXIT.ok;
}

/** Returns the paths of what it has written. */
async function writeFiles(sheets: readonly PickupSheet[], { csv, audacity, reaper }: PickupsFlags): Promise<string[]> {
  const written: string[] = [];
  if (csv !== undefined && csv !== '-') {
    written.push(await writeOutput(csv, pickupCsv(sheets.flatMap(({ items }) => items))));
  }
  const kinds = [
    { folder: audacity, ending: 'pickups.txt', textOf: pickupLabels },
    { folder: reaper, ending: 'pickups.csv', textOf: pickupRegions },
  ];
  for (const { folder, ending, textOf } of kinds) {
    if (folder === undefined) continue;
    const into = resolve(folder);
    await makeFolder(into);
    for (const { stem, items } of sheets) {
      const name = `${stem}.${ending}`;
      // The labels of an earlier list would be of lines that are in order by now.
      if (items.length === 0) await rm(join(into, name), { force: true });
      else {
        await deliverText({ text: textOf(items), folder: into, name });
        written.push(join(into, name));
      }
    }
  }
  return written;
}

function print(items: readonly PickupItem[], files: readonly string[], terminal: Terminal): void {
  for (const path of files) terminal.out(`Written: ${plain(path)}`);
  if (items.length === 0) terminal.out('There is nothing to hear or record again.');
  else if (files.length === 0) printTable(items, terminal);
  else terminal.out(counted(items.length, 'line'));
}

function printTable(items: readonly PickupItem[], { out, paint, columns: width }: Terminal): void {
  const columns = [
    { head: 'line', align: 'right' },
    { head: 'time', align: 'right' },
    { head: 'speaker' },
    { head: 'words', narrow: { how: 'shorten', least: 20 } },
  ] as const;
  const rows = items.map(({ number, startSeconds, part, character, shouldBe }) => [
    number,
    part === undefined ? clock(startSeconds) : `part ${part}, ${clock(startSeconds)}`,
    plain(character),
    plain(shouldBe),
  ]);
  const below = (row: number): string[] => {
    const { notes, said } = items[row]!;
    const heard = said === undefined ? [] : [`heard: ${said}`];
    return [...notes, ...heard].map((text) => paint('yellow', `      ${plain(text)}`));
  };
  for (const line of tableLines({ columns, rows, width, paintHead: (text) => paint('dim', text), below })) out(line);
  out(counted(items.length, 'line'));
}
