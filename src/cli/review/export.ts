/** `pipeline review --export`: a page for a reviewer who does not have the program. */
import { resolve } from 'node:path';
import { findFfmpeg } from '../../audio/ffmpeg/ffmpeg-binary.ts';
import { ConfigError } from '../../config/values.ts';
import { requireChapters } from '../../library/require-chapters.ts';
import { momentOf } from '../../studio/book/moment.ts';
import { type HandoutWish, MOST_HANDOUT_BYTES, makeHandout, type TooLarge } from '../../studio/handing-out/handout.ts';
import { openChapterSounds } from '../../studio/sound/chapter-sounds.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { writeOutput } from '../command-line/output-file.ts';
import { samePlace } from '../command-line/same-place.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { readHandoutProgram } from './handout-program.ts';

/** Flags of `review --export`. */
export interface ExportFlags extends BookFlags {
  all?: boolean;
  chapter?: number[];
}

/** Exit code 0; 2 when the manifest is wrong, or the page would be too large. Calls nothing, and changes nothing but its file. */
export async function exportCommand(manifest: string, file: string, flags: ExportFlags): Promise<number> {
  const terminal = openTerminal();
  // A mistyped name must not overwrite a text or the review file.
  if (!/\.html?$/i.test(file))
    throw new ConfigError(`--export must be a name that ends in .html, not "${plain(file)}".`);
  const interrupt = onInterrupt(() => undefined);
  const { signal } = interrupt;
  try {
    const opened = await openBook({ manifest, flags, terminal, signal });
    if (opened === undefined) return EXIT.wrongInput;
    requireChapters(opened.book, flags.chapter);
    const wish: HandoutWish = { scope: flags.all ? 'all' : 'suspects', chapters: flags.chapter };
    const moment = await momentOf({ ...opened, simulated: opened.config.simulate }, '');
    const { ffmpegPath, pathEnv } = opened.config;
    const made = await makeHandout({
      ...{ moment, sounds: openChapterSounds(), wish, program: await readHandoutProgram(), signal },
      ffmpeg: await findFfmpeg({ explicitPath: ffmpegPath, pathEnv }),
      today: new Date().toISOString().slice(0, 10),
    });
    if (!('page' in made)) throw new ConfigError(tooLargeText(made, wish));
    if (made.lines === 0) {
      if (flags.json) terminal.raw(JSON.stringify({ type: 'review.exported', file: null, lines: 0, bytes: 0 }));
      else terminal.out('There is no line to hear, so no page was written. To include every line: --all');
      return EXIT.ok;
    }
    const path = resolve(file);
    await writeOutput(path, made.page);
    const { lines, page } = made;
    if (flags.json) terminal.raw(JSON.stringify({ type: 'review.exported', file: path, lines, bytes: page.length }));
    else
      terminal.out(
        `Written: ${plain(path)}, ${counted(lines, 'line')}, ${megabytes(page.length)}.\nSend it to the reviewer. What comes back: pipeline review ${plain(manifest)} --merge FILE${samePlace(flags)}`,
      );
    return EXIT.ok;
  } finally {
    interrupt.release();
  }
}

/** What to do instead. */
export function tooLargeText({ bytes, chapters }: TooLarge, { scope }: HandoutWish): string {
  const size = `The page would have about ${megabytes(bytes)}, more than ${megabytes(MOST_HANDOUT_BYTES)}, so none was written.`;
  const parts = partsOf(chapters);
  const all = scope === 'all' ? ' --all' : '';
  if (parts.length < 2) return `${size}${scope === 'all' ? ' Without --all it has only the lines to hear.' : ''}`;
  return `${size} Write one for each of these: ${parts.map((part) => `--export FILE${all} --chapter ${part}`).join('; ')}.`;
}

/** Chapters in a row that fit into one page: `1-4`, `5`. */
function partsOf(chapters: TooLarge['chapters']): string[] {
  const parts: { first: number; last: number; bytes: number }[] = [];
  for (const { number, bytes } of chapters) {
    const last = parts.at(-1);
    if (last !== undefined && last.bytes + bytes <= MOST_HANDOUT_BYTES) {
      last.last = number;
      last.bytes += bytes;
    } else parts.push({ first: number, last: number, bytes });
  }
  return parts.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}

function megabytes(bytes: number): string {
  return bytes < 950_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
