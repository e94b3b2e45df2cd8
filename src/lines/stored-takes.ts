/** Which takes of a line the store has, by their numbers. */
import type { Realm } from '../account.ts';
import { MOST_TAKES } from '../manifest/take-number.ts';
import { type BookLine, chosenTake, isPickup, takeNumbered } from '../plan/book-lines.ts';
import type { Store } from '../store/store.ts';
import { findTakes, type TakeRecord } from '../store/takes.ts';

/** A take of a line: the records of its segments, in order. */
export interface LineTake {
  /** From 1. */
  number: number;
  records: TakeRecord[];
}

/** Of a whole book, numbers are searched until so many in a row have no take. One line is searched to the last number. */
const MOST_GAP = 8;
/** For a few lines, reading each possible key costs less than the list of all takes. */
const FEW_LINES = 3;

/** The stored takes of each line, ascending by number. A take counts only when all segments of the line have it. */
export async function storedTakes(store: Store, lines: readonly BookLine[], realm: Realm): Promise<LineTake[][]> {
  const isFew = lines.length <= FEW_LINES;
  const stored = isFew ? undefined : new Set(await store.listRecords('take'));
  const wanted = lines.map((line) => possibleTakes(line, realm, stored));
  const keys = wanted.flatMap((takes) => takes.flatMap((take) => take.keys));
  const records = new Map<string, TakeRecord>();
  for await (const piece of findTakes(store, keys)) for (const record of piece) records.set(record.key, record);
  return wanted.map((takes) =>
    takes.flatMap(({ number, keys: own }) => {
      const found = own.flatMap((key) => records.get(key) ?? []);
      return found.length === own.length ? [{ number, records: found }] : [];
    }),
  );
}

function possibleTakes(line: BookLine, realm: Realm, stored: ReadonlySet<string> | undefined) {
  const chosen = chosenTake(line);
  const last = isPickup(line) ? 1 : MOST_TAKES;
  const takes: { number: number; keys: string[] }[] = [];
  for (let number = 1, gap = 0; number <= last; number++) {
    if (gap >= MOST_GAP && number < chosen) continue;
    if (gap >= MOST_GAP && number > chosen) break;
    const keys = line.segments.map((step) => takeNumbered(step, number, realm).key);
    const isPossible = stored === undefined || keys.every((key) => stored.has(key));
    if (isPossible) takes.push({ number, keys });
    gap = stored === undefined || isPossible ? 0 : gap + 1;
  }
  return takes;
}

/** The next numbers that no take of the line has, ascending; fewer when the last number is reached. */
export function freeNumbers(takes: readonly Pick<LineTake, 'number'>[], count: number, from: number): number[] {
  const used = new Set(takes.map(({ number }) => number));
  const free: number[] = [];
  for (let number = from; number <= MOST_TAKES && free.length < count; number++)
    if (!used.has(number)) free.push(number);
  return free;
}
