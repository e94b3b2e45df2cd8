/** Which takes of a line the store has, by their numbers. */
import type { Realm } from '../account.ts';
import { MOST_TAKES } from '../manifest/fields/take-number.ts';
import { type BookLine, chosenTake, isPickup, takeNumbered } from '../plan/book-lines.ts';
import type { SynthesizeStep } from '../plan/step.ts';
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

/** Keys of other takes, by the key of the planned one and the number: who looks at a book again and again keeps them. */
export type NumberedKeys = Map<string, string>;

/**
 * The stored takes of each line, ascending by number. A take counts only when all segments of the line have it. `known`: of
 * earlier calls; most of the time goes into these hashes.
 */
export async function storedTakes(
  store: Store,
  lines: readonly BookLine[],
  realm: Realm,
  known: NumberedKeys = new Map(),
): Promise<LineTake[][]> {
  const isFew = lines.length <= FEW_LINES;
  const stored = isFew ? undefined : new Set(await store.listRecords('take'));
  const wanted = lines.map((line) => possibleTakes(line, { realm, stored, known }));
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

function possibleTakes(
  line: BookLine,
  of: { realm: Realm; stored: ReadonlySet<string> | undefined; known: NumberedKeys },
) {
  const { realm, stored, known } = of;
  const chosen = chosenTake(line);
  const last = isPickup(line) ? 1 : MOST_TAKES;
  const takes: { number: number; keys: string[] }[] = [];
  for (let number = 1, gap = 0; number <= last; number++) {
    if (gap >= MOST_GAP && number < chosen) continue;
    if (gap >= MOST_GAP && number > chosen) break;
    const keys = line.segments.map((step) => keyNumbered(step, number, { realm, known }));
    const isPossible = stored === undefined || keys.every((key) => stored.has(key));
    if (isPossible) takes.push({ number, keys });
    gap = stored === undefined || isPossible ? 0 : gap + 1;
  }
  return takes;
}

/** The key has everything that the keys of its other takes are made of. */
function keyNumbered(step: SynthesizeStep, number: number, of: { realm: Realm; known: NumberedKeys }): string {
  const name = `${step.key} ${number} ${of.realm}`;
  const known = of.known.get(name);
  if (known !== undefined) return known;
  const { key } = takeNumbered(step, number, of.realm);
  of.known.set(name, key);
  return key;
}

/** The next numbers that no take of the line has, ascending; fewer when the last number is reached. */
export function freeNumbers(takes: readonly Pick<LineTake, 'number'>[], count: number, from: number): number[] {
  const used = new Set(takes.map(({ number }) => number));
  const free: number[] = [];
  for (let number = from; number <= MOST_TAKES && free.length < count; number++)
    if (!used.has(number)) free.push(number);
  return free;
}
