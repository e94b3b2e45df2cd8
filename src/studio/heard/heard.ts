/**
 * Which lines people have heard to their end, and with which takes. It is kept in a journal of the store, so that it is in no key,
 * in no lock and in no file that a watcher looks at; it decides nothing, and a line with another take counts as not heard.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readLines, sealLine } from '../../store/journals.ts';
import type { Store } from '../../store/store.ts';
import type { Moment } from '../book/moment.ts';
import type { HeardLine } from '../shapes.ts';
import { heardTakes, isApproved } from './heard-takes.ts';

/** What was heard of a book. */
export interface HeardLines {
  /** Whether somebody has heard the line as it is now. A line that was approved was heard. */
  isHeard(moment: Moment, index: number): boolean;
  /** How many lines of each chapter were heard, by its number. */
  counts(moment: Moment): ReadonlyMap<number, number>;
  /**
   * Keeps what was heard, and returns what is new of it; lines that the book does not have are ignored. When it resolves, a killed
   * process does not lose them. Rejects as the store does; nothing is then noted, and it may be repeated.
   */
  note(moment: Moment, lines: readonly HeardLine[]): Promise<HeardLine[]>;
  /** Reads what other processes have noted, now and then. True when there was something. Never rejects. */
  refresh(): Promise<boolean>;
}

/** More are not noted until the next opening, which forgets what is not of the book any more. */
const MOST_HEARD = 100_000;
/** How many that are not of the book are kept: their takes may come back. */
const MOST_OTHERS = 20_000;
/** On a disk, each session writes a file of its own; on S3, each batch. */
const MOST_FILES = 16;
/** So many batches later, the files are counted. */
const FOLD_AFTER = 50;
/** How long what was read counts, in milliseconds. */
const READ_MS = 15_000;

/** Opens what was heard of a book. A store that cannot be read is no failure: nothing was heard then. */
export async function openHeardLines(store: Pick<Store, 'journals'>, moment: Moment): Promise<HeardLines> {
  const { journals } = store;
  const { title, author = '' } = moment.book.manifest;
  const journal = `heard/${createHash('sha256').update(`${title}\0${author}`).digest('hex').slice(0, 32)}`;
  const writer = `studio-${randomUUID()}`;
  const heard = openSet();
  let batches = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<boolean> => {
    readAt = performance.now();
    const before = heard.size();
    const entries = keptOf(entriesOf(await journals.read(journal)), moment);
    for (const one of entries.slice(0, MOST_HEARD)) heard.add(one);
    return heard.size() > before;
  };
  const fold = async (): Promise<void> => {
    if ((await journals.files(journal)).length > MOST_FILES)
      await journals.fold(journal, (texts) => keptOf(entriesOf(texts), moment).map(sealLine));
  };
  await read().catch(() => undefined);
  await fold().catch(() => undefined);
  return {
    isHeard: (now, index) => isHeard(now, index, heard),
    counts: (now) => {
      const counts = new Map<number, number>();
      for (const [index, { chapter }] of now.states.entries())
        if (isHeard(now, index, heard)) counts.set(chapter, (counts.get(chapter) ?? 0) + 1);
      return counts;
    },
    note: async (now, lines) => {
      const ids = new Set(now.states.map(({ id }) => id));
      const own = new Map(lines.map(({ id, of }) => [`${of} ${id}`, { id, of }]));
      const fresh = [...own.values()].filter((one) => ids.has(one.id) && !heard.has(one));
      const kept = fresh.slice(0, Math.max(0, MOST_HEARD - heard.size()));
      if (kept.length === 0) return [];
      await journals.append(journal, kept.map(sealLine), { writer, flush: false });
      for (const one of kept) heard.add(one);
      if (++batches % FOLD_AFTER === 0) await fold().catch(() => undefined);
      return kept;
    },
    refresh: async () => (performance.now() - readAt < READ_MS ? false : read().catch(() => false)),
  };
}

interface HeardSet {
  has(one: HeardLine): boolean;
  /** Whether these takes were heard, of whichever line. */
  hasTakes(of: string): boolean;
  add(one: HeardLine): void;
  size(): number;
}

function openSet(): HeardSet {
  const lines = new Set<string>();
  const takes = new Set<string>();
  return {
    has: ({ id, of }) => lines.has(`${of} ${id}`),
    hasTakes: (of) => takes.has(of),
    add: ({ id, of }) => {
      lines.add(`${of} ${id}`);
      takes.add(of);
    },
    size: () => lines.size,
  };
}

function isHeard(moment: Moment, index: number, heard: HeardSet): boolean {
  const { id, inStore } = moment.states[index]!;
  if (!inStore) return false;
  const of = heardTakes(moment.lines[index]!);
  if (heard.has({ id, of }) || isApproved(moment, index)) return true;
  // An ID may follow the words around a line. Takes that only one line has are that line's.
  return heard.hasTakes(of) && countsOf(moment).get(of) === 1;
}

const counted = new WeakMap<Moment, ReadonlyMap<string, number>>();

/** How many lines have the same takes. */
function countsOf(moment: Moment): ReadonlyMap<string, number> {
  const before = counted.get(moment);
  if (before !== undefined) return before;
  const counts = new Map<string, number>();
  for (const line of moment.lines) counts.set(heardTakes(line), (counts.get(heardTakes(line)) ?? 0) + 1);
  counted.set(moment, counts);
  return counts;
}

/** Each once; those of the book, and the last others. */
function keptOf(entries: readonly HeardLine[], { states, lines }: Moment): HeardLine[] {
  const [ids, takes] = [new Set(states.map(({ id }) => id)), new Set(lines.map(heardTakes))];
  const each = [...new Map(entries.map((one) => [`${one.of} ${one.id}`, one])).values()];
  const isOwn = ({ id, of }: HeardLine): boolean => ids.has(id) && takes.has(of);
  return [...each.filter(isOwn), ...each.filter((one) => !isOwn(one)).slice(-MOST_OTHERS)];
}

/** Another version may write others; those say nothing to us. */
function entriesOf(texts: readonly string[]): HeardLine[] {
  return readLines(texts).values.flatMap((value) => {
    const { id, of } = value as Partial<Record<'id' | 'of', unknown>>;
    return typeof id === 'string' && typeof of === 'string' ? [{ id, of }] : [];
  });
}
