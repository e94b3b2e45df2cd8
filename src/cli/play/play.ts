/** `pipeline play`: one line as it sounds in its chapter, played or written as WAV. */

import { ConfigError } from '../../config/values.ts';
import { lineNamed, type OpenedBook } from '../../library/opened-book.ts';
import { lineSound, noSuchTake } from '../../lines/line-sound.ts';
import { type LineTake, storedTakes } from '../../lines/stored-takes.ts';
import { type BookLine, chosenTake, isPickup } from '../../plan/book-lines.ts';
import { planRun } from '../../run/plan.ts';
import type { LineName } from '../../script/lines/line-name.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { onInterrupt } from '../command-line/interrupt.ts';
import { samePlace } from '../command-line/same-place.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { counted, plain } from '../screen/format.ts';
import { openTerminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';
import { deliverSound, requireWavName } from './deliver-sound.ts';

/** Flags of `play`. */
export interface PlayFlags extends BookFlags {
  take?: number;
}

/** Exit code 0; 1 when the line has no such take yet, 2 when there is no such line. Calls nothing, changes nothing in the store. */
export async function playCommand(manifest: string, name: LineName, flags: PlayFlags): Promise<number> {
  const terminal = openTerminal();
  const interrupt = onInterrupt(() => undefined);
  const { signal } = interrupt;
  try {
    requireWavName(flags);
    // The folder for finished books has the same flag in other commands.
    const { out, ...others } = flags;
    const opened = await openBook({ manifest, flags: others, terminal, signal });
    if (opened === undefined) return EXIT.wrongInput;
    const line = lineNamed(opened, name);
    const take = await takeToHear(opened, line, flags);
    const { book, store, account } = opened;
    const plan = await planRun({ book, store, account });
    const segment = name.segment === undefined ? undefined : name.segment - 1;
    const sound = await lineSound({ store, plan, line, records: take.records, segment, signal });
    const { startSeconds, endSeconds, missing, ...heard } = sound;
    const { number, character, words: text } = line;
    const delivered = await deliverSound({
      ...heard,
      heading: `${number} ${plain(character)}, take ${take.number}: “${shorten(wordsInQuotes(plain(text)), 60)}”`,
      notes: missing > 0 ? [`${counted(missing, 'segment')} of its chapter not spoken yet.`] : [],
      name: fileName(line, take),
      ...{ out, json: flags.json, pathEnv: opened.config.pathEnv, terminal, signal },
    });
    if (flags.json) {
      const places = { startSeconds, endSeconds, missing };
      terminal.raw(
        JSON.stringify({ type: 'play', number, character, text, take: take.number, ...delivered, ...places }),
      );
    }
    return signal.aborted ? EXIT.interrupted : EXIT.ok;
  } finally {
    interrupt.release();
  }
}

/** The take with its records. Throws `take-missing` when the store does not have it. */
export async function takeToHear(
  { store, account, manifest }: OpenedBook,
  line: BookLine,
  flags: PlayFlags,
): Promise<LineTake> {
  const [takes = []] = await storedTakes(store, [line], account.realm);
  const number = flags.take ?? chosenTake(line);
  const found = takes.find((take) => take.number === number);
  if (found !== undefined) return found;
  if (isPickup(line) && takes.length > 0)
    throw new ConfigError(`${line.number} is a recording of your own, so it has no take ${number}.`);
  if (takes.length === 0) {
    // Credits are made with the complete book; their numbers are of no chapter.
    const only = line.role === undefined ? ` --chapter ${line.chapter}` : '';
    const is = isPickup(line)
      ? 'is a recording of your own, which no run has used yet. To use'
      : 'is not spoken yet. To speak';
    throw noSuchTake(`${line.number} ${is} it: pipeline run ${plain(manifest)}${only}${samePlace(flags)}`);
  }
  const has = takes.map((take) => take.number).join(', ');
  throw noSuchTake(
    `${line.number} has no take ${number}; the store has ${takes.length === 1 ? 'take' : 'takes'} ${has}. To speak another one: pipeline retake ${plain(manifest)} ${line.number}${samePlace(flags)}`,
  );
}

function fileName({ chapter, line }: BookLine, { number }: LineTake): string {
  return `${chapter}-${line} take ${number}.wav`;
}
