/** `pipeline lines`: every line of a book with its number, its take, and what the checks doubt. */

import { requireChapters } from '../../library/require-chapters.ts';
import { type LineState, lineStates, suspects } from '../../lines/line-states.ts';
import { EXIT } from '../command-line/exit-codes.ts';
import { clock, counted, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { openTerminal, type Terminal } from '../screen/terminal.ts';
import { shorten } from '../screen/text-width.ts';
import { type BookFlags, openBook } from './open-book.ts';

/** Flags of `lines`. */
export interface LinesFlags extends BookFlags {
  chapter?: number[];
  suspects?: boolean;
  grep?: string;
}

/** Exit code 0; 2 when the manifest is wrong. Calls nothing, changes nothing, reads no audio. */
export async function linesCommand(manifest: string, flags: LinesFlags): Promise<number> {
  const terminal = openTerminal();
  const opened = await openBook({ manifest, flags, terminal });
  if (opened === undefined) return EXIT.wrongInput;
  const { book, store, account, draft, lines } = opened;
  requireChapters(book, flags.chapter);
  const wanted = lines.filter(
    (line) =>
      (flags.chapter?.includes(line.chapter) ?? true) && (flags.grep === undefined || contains(line, flags.grep)),
  );
  const states = await lineStates({ store, realm: account.realm, draft, lines: wanted, all: lines });
  const shown = flags.suspects ? suspects(states) : states;
  if (flags.json) terminal.raw(JSON.stringify({ type: 'lines', title: book.manifest.title, lines: shown }));
  else print(shown, terminal, flags);
  return EXIT.ok;
}

function contains({ words, character }: { words: string; character: string }, part: string): boolean {
  const folded = (text: string): string => text.normalize('NFKC').toLowerCase();
  return folded(`${character}\n${words}`).includes(folded(part));
}

function print(states: readonly LineState[], terminal: Terminal, flags: LinesFlags): void {
  const { paint, columns: width } = terminal;
  if (states.length === 0) {
    terminal.out(flags.suspects ? 'No line is in doubt.' : 'No line matches.');
    return;
  }
  const rows = states.map(({ number, character, text, takes, chosen, verdict, pickup, durationSeconds }) => [
    number,
    shorten(plain(character), 20),
    pickup ? 'recorded' : takes > 1 || chosen > 1 ? `${chosen} of ${takes}` : takes === 1 ? '1' : '–',
    VERDICTS[verdict],
    durationSeconds === null ? '–' : clock(durationSeconds),
    // Last, so that a file or a pipe gets whole lines without padding.
    plain(text),
  ]);
  const columns = [
    { head: 'line', align: 'right' },
    { head: 'speaker' },
    { head: 'take', align: 'right' },
    { head: 'check' },
    { head: 'length', align: 'right' },
    { head: 'words', narrow: { how: 'shorten', least: 20 } },
  ] as const;
  const below = (row: number): string[] => {
    const { doubts, reason } = states[row]!;
    const found = doubts.map(({ check, measured, wanted }) => `${check}: ${measured}, expected ${wanted}`);
    return [...found, ...(reason === undefined ? [] : [plain(reason)])].map((text) => paint('yellow', `      ${text}`));
  };
  for (const line of tableLines({ columns, rows, width, paintHead: (text) => paint('dim', text), below }))
    terminal.out(line);
  const doubtful = states.filter(({ verdict }) => verdict === 'doubtful' || verdict === 'parked').length;
  const missing = states.filter(({ verdict }) => verdict === 'none').length;
  const notes = [
    counted(states.length, 'line'),
    ...(doubtful > 0 ? [`${doubtful} to check by ear`] : []),
    ...(missing > 0 ? [`${missing} not spoken yet`] : []),
  ];
  terminal.out(notes.join(' · '));
}

const VERDICTS = { good: 'good', doubtful: 'to hear', parked: 'refused', none: 'not spoken' } as const;
