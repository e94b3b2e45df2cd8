/** `pipeline choose`: which take of a line the book uses, as a decision in the review file. Speaks and pays nothing. */

import { updateReviewFile } from '../../book/review-file.ts';
import { ConfigError } from '../../config/values.ts';
import { lineNamed, type OpenedBook } from '../../library/opened-book.ts';
import { choiceFor, withChoice, withoutChoice } from '../../lines/choose-take.ts';
import { noSuchTake } from '../../lines/line-sound.ts';
import { storedTakes } from '../../lines/stored-takes.ts';
import { type Variation, variedLine } from '../../lines/variation.ts';
import { type BookLine, chosenTake, isPickup, knownLines } from '../../plan/book-lines.ts';
import { reviewPath } from '../../review/review.ts';
import { formatLineName, type LineName } from '../../script/lines/line-name.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { samePlace } from '../command-line/same-place.ts';
import { type BookFlags, openBook } from '../lines/open-book.ts';
import { moreFlags, refuseVariation } from '../retake/retake.ts';
import { plain } from '../screen/format.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';

/** Flags of `choose`. */
export interface ChooseFlags extends BookFlags, Variation {
  /** Take the choice back. */
  back?: boolean;
}

/** Exit code 0; 1 when the store has no such take, 2 when there is no such line or the review file has errors. */
export async function chooseCommand(
  of: { manifest: string; name: LineName; take: number | undefined },
  flags: ChooseFlags,
): Promise<number> {
  const { manifest, name, take } = of;
  const terminal = openTerminal();
  if ((take === undefined) === (flags.back !== true))
    throw new ConfigError('Give the number of a take, such as 2, or --back to withdraw the choice.');
  if (name.segment !== undefined)
    throw new ConfigError(
      `A choice is for the complete line: ${formatLineName({ chapter: name.chapter, line: name.line })}.`,
    );
  const opened = await openBook({ manifest, flags, terminal });
  if (opened === undefined) return EXIT.wrongInput;
  const line = lineNamed(opened, name);
  return take === undefined
    ? putBack({ opened, line, flags, terminal })
    : choose({ opened, line, take, flags, terminal });
}

interface Choosing {
  opened: OpenedBook;
  line: BookLine;
  flags: ChooseFlags;
  terminal: Terminal;
}

async function choose({ opened, line, take, flags, terminal }: Choosing & { take: number }): Promise<number> {
  const { manifest, store, account, book, lines } = opened;
  if (isPickup(line)) throw new ConfigError(`${line.number} is a recording of your own, so it has no other takes.`);
  const { say, direction } = flags;
  refuseVariation(opened, line, { say, direction });
  const varied = variedLine(book, account, line, { say, direction });
  const [takes = []] = await storedTakes(store, [varied], account.realm);
  if (!takes.some(({ number }) => number === take)) {
    const numbers = takes.map(({ number }) => number).join(', ');
    const has =
      numbers === '' ? 'it is not spoken yet' : `the store has ${takes.length === 1 ? 'take' : 'takes'} ${numbers}`;
    throw noSuchTake(
      `${line.number} has no take ${take}${say === undefined ? '' : ' of these words'}: ${has}. Nothing was changed. To speak another one: pipeline retake ${plain(manifest)} ${line.number}${moreFlags(flags, varied !== line)}`,
    );
  }
  const at = { lines: knownLines(lines), index: lines.indexOf(line) };
  await updateReviewFile(manifest, (review) => withChoice(review, at, { take, say, direction }));
  return tell({ opened, line, flags, terminal, take, before: chosenTake(line) });
}

async function putBack({ opened, line, flags, terminal }: Choosing): Promise<number> {
  const at = { lines: knownLines(opened.lines), index: opened.lines.indexOf(line) };
  let before: ReturnType<typeof choiceFor>;
  await updateReviewFile(opened.manifest, (review) => {
    before = choiceFor(review, at);
    return withoutChoice(review, at);
  });
  return tell({
    opened,
    line,
    flags,
    terminal,
    take: undefined,
    before: before === undefined ? undefined : chosenTake(line),
  });
}

/** Reads the book again, because what the text says may win over the choice; says what a run will use. */
async function tell(of: Choosing & { take: number | undefined; before: number | undefined }): Promise<number> {
  const { opened, line, flags, terminal, take, before } = of;
  const { manifest } = opened;
  const again = await openBook({ manifest, flags, terminal });
  if (again === undefined) return EXIT.wrongInput;
  const now = chosenTake(again.lines.find(({ number }) => number === line.number) ?? line);
  const { number, character, words: text } = line;
  const file = reviewPath(manifest);
  if (flags.json) {
    const event = {
      type: 'choose',
      number,
      character,
      text,
      take: take ?? null,
      before: before ?? null,
      uses: now,
      file,
    };
    terminal.raw(JSON.stringify(event));
    return EXIT.ok;
  }
  const head = `${number} ${plain(character)} “${shorten(wordsInQuotes(plain(text)), 50)}”`;
  if (take === undefined)
    terminal.out(before === undefined ? `${head}: nothing was chosen` : `${head}: back to take ${now}`);
  else terminal.out(`${head}: take ${take}${before === take ? '' : ` (before: ${before})`}`);
  if (take !== undefined && now !== take)
    terminal.out(terminal.paint('yellow', `The text has [take ${now}] for this line, which wins. Remove it there.`));
  const run = `pipeline run ${plain(manifest)}`;
  const same = samePlace(flags);
  terminal.out(`In ${plain(file)}.`);
  if (line.role === undefined) terminal.out(`To make its chapter: ${run} --chapter ${line.chapter}${same}`);
  terminal.out(`To make the book:    ${run}${same}`);
  return EXIT.ok;
}
