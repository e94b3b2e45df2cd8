/** What `check` says about the places that an engine reads as it likes. */
import type { OpenReading, ReadingGroup } from '../../book/warnings/open-readings.ts';
import { wordsInQuotes } from '../../script/lines/words-in-quotes.ts';
import { counted, grouped, plain } from '../screen/format.ts';
import { tableLines } from '../screen/table.ts';
import { shorten } from '../screen/text-width.ts';

/** Classes shown; with the heading and the advice, twelve lines at most. */
const MOST_CLASSES = 9;
/** Columns of a quoted place, and of its proposal. */
const QUOTE = 40;

/** At most twelve lines: the classes with their numbers, and what to do. Nothing for a book without such places. */
export function readingLines(
  groups: readonly ReadingGroup[],
  { manifestHas, width }: { manifestHas: readonly string[]; width: number },
): string[] {
  if (groups.length === 0) return [];
  const shown = groups.slice(0, MOST_CLASSES);
  const others = groups.slice(MOST_CLASSES);
  const sum = (some: readonly ReadingGroup[]): number => some.reduce((total, { count }) => total + count, 0);
  const helped = groups.filter(({ canSpell, hasWords }) => canSpell && hasWords).map((group) => group.class);
  const more = helped.filter((of) => !manifestHas.includes(of));
  return [
    `Left to the engine, which may read them in more than one way: ${counted(sum(groups), 'place')}.`,
    ...tableLines({
      columns: [
        {},
        { align: 'right' },
        { narrow: { how: 'shorten', least: 16 } },
        { narrow: { how: 'shorten', least: 12 } },
      ],
      rows: shown.map((group) => [
        group.class,
        grouped(group.count),
        quoteText(group.first),
        `first ${placeText(group.first)}`,
      ]),
      width,
    }),
    ...(others.length > 0
      ? [`  and ${counted(others.length, 'more class', 'more classes')}: ${counted(sum(others), 'place')}`]
      : []),
    more.length > 0
      ? `To list each: check --all. To speak them in words: spell: [${[...manifestHas, ...more].join(', ')}] in the manifest.`
      : 'To list each: check --all. To say how one is spoken: "pronunciations:" below "book:".',
  ];
}

/** One place of the whole list. */
export function placeLine(reading: OpenReading): string {
  return `  ${reading.class} ${placeText(reading)} ${quoteText(reading, Number.POSITIVE_INFINITY)}`;
}

function placeText({ number, file, line }: OpenReading): string {
  if (file === undefined) return number;
  return `${number} (${plain(file)}${line === undefined ? '' : `:${line}`})`;
}

function quoteText({ text, spoken }: OpenReading, most = QUOTE): string {
  const quote = `“${shorten(wordsInQuotes(plain(text)), most)}”`;
  return spoken === undefined ? quote : `${quote}: ${shorten(plain(spoken), most)}`;
}
