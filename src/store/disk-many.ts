/**
 * Many small reads from a disk. On a local disk a synchronous read costs a tenth of an asynchronous one, so reads are
 * done in short synchronous slices, and other work in the process runs in between. On a slow disk many reads run
 * concurrently instead.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import pLimit from 'p-limit';
import { systemCode } from '../errors.ts';

/** Longest time that a slice blocks the process, in milliseconds, unless a single read takes longer. */
const SLICE_MS = 4;
/** Least number of reads in a slice. */
const LEAST_READS = 16;
/** A slower read, in milliseconds, waits for a network or for moving parts. */
const SLOW_READ_MS = 0.5;
/** Concurrent reads on a slow disk: enough to hide its latency, few enough for any limit on open files. */
const READS_AT_ONCE = 32;
/** Reads of a slow disk per result: bounds the memory. */
const PIECE = 512;

/**
 * One read, synchronous or asynchronous. Both return undefined for a path that does not exist or is not a file, and
 * throw other disk errors.
 */
interface Read<T> {
  readSync(path: string): T | undefined;
  read(path: string): Promise<T | undefined>;
}

/** Texts of the files that exist, in batches: each an item and its text, in the order of the items. */
export function readTexts<Item>(
  items: Iterable<Item>,
  pathOf: (item: Item) => string,
): AsyncGenerator<[Item, string][]> {
  return readMany(items, pathOf, TEXT);
}

/** Sizes in bytes of the files that exist, in batches like `readTexts`. */
export function readSizes<Item>(
  items: Iterable<Item>,
  pathOf: (item: Item) => string,
): AsyncGenerator<[Item, number][]> {
  return readMany(items, pathOf, SIZE);
}

async function* readMany<Item, T>(
  items: Iterable<Item>,
  pathOf: (item: Item) => string,
  read: Read<T>,
): AsyncGenerator<[Item, T][]> {
  const remaining = items[Symbol.iterator]();
  for (;;) {
    const slice = readSlice(remaining, pathOf, read);
    if (slice.found.length > 0) yield slice.found;
    if (slice.ended) return;
    if (slice.isSlow) break;
    await breathe();
  }
  const limit = pLimit(READS_AT_ONCE);
  for (let piece = takeItems(remaining, PIECE); piece.length > 0; piece = takeItems(remaining, PIECE)) {
    const answers = await limit.map(piece, async (item) => [item, await read.read(pathOf(item))] as const);
    const found = answers.flatMap(([item, value]): [Item, T][] => (value === undefined ? [] : [[item, value]]));
    if (found.length > 0) yield found;
  }
}

function readSlice<Item, T>(
  remaining: Iterator<Item>,
  pathOf: (item: Item) => string,
  read: Read<T>,
): { found: [Item, T][]; ended: boolean; isSlow: boolean } {
  const found: [Item, T][] = [];
  const from = performance.now();
  let slow = 0;
  for (let reads = 1, before = from; ; reads++) {
    const next = remaining.next();
    if (next.done === true) return { found, ended: true, isSlow: false };
    const value = read.readSync(pathOf(next.value));
    if (value !== undefined) found.push([next.value, value]);
    const now = performance.now();
    if (now - before > SLOW_READ_MS) slow += 1;
    before = now;
    // The majority and not the mean: on a busy machine a few reads are slow because another process had the CPU.
    if (reads >= LEAST_READS && now - from >= SLICE_MS) return { found, ended: false, isSlow: slow > reads / 2 };
  }
}

function takeItems<Item>(remaining: Iterator<Item>, most: number): Item[] {
  const items: Item[] = [];
  for (let next = remaining.next(); next.done !== true; next = remaining.next()) {
    items.push(next.value);
    if (items.length === most) break;
  }
  return items;
}

const TEXT: Read<string> = {
  // Checked first, because an error costs more than a check, and for a new book nothing exists.
  readSync: (path) => (existsSync(path) ? unlessNoFile(() => readFileSync(path, 'utf8')) : undefined),
  read: (path) => readFile(path, 'utf8').catch(noFile),
};

const SIZE: Read<number> = {
  readSync(path) {
    const found = unlessNoFile(() => statSync(path, { throwIfNoEntry: false }));
    return found?.isFile() ? found.size : undefined;
  },
  async read(path) {
    const found = await stat(path).catch(noFile);
    return found?.isFile() ? found.size : undefined;
  },
};

function unlessNoFile<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    return noFile(error);
  }
}

function noFile(error: unknown): undefined {
  if (isNoFile(error)) return undefined;
  throw error;
}

/** Nothing has this name, or something other than a file, which is treated the same. */
export function isNoFile(error: unknown): boolean {
  return systemCode(error) === 'ENOENT' || systemCode(error) === 'EISDIR' || systemCode(error) === 'ENOTDIR';
}
