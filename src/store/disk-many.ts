/**
 * Many small reads from a disk. On a disk of this machine a plain synchronous read costs a tenth of what a promise of one
 * does, so they are done in short slices, between which everything else in the process gets its turn. A disk that takes
 * long to answer is asked many things at once instead.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';
import pLimit from 'p-limit';
import { systemCode } from '../errors.ts';

/** Longest that a slice keeps everything else waiting, in milliseconds, unless a single read takes longer. */
const SLICE_MS = 4;
/** Reads of a slice, at least. */
const LEAST_READS = 16;
/** A read that takes longer, in milliseconds, waits for a network or for moving parts. */
const SLOW_READ_MS = 0.5;
/** Reads under way at once on a slow disk: enough to hide its latency, few enough for any limit on open files. */
const READS_AT_ONCE = 32;
/** Reads of a slow disk between two answers: what is read is held no longer than needed. */
const PIECE = 512;

/** One read, done either way. Both answer undefined for what is not there or is no file, and throw what the disk says else. */
interface Read<T> {
  readSync(path: string): T | undefined;
  read(path: string): Promise<T | undefined>;
}

/** Texts of those files that are there, in pieces: each an item and its text, in the order asked for. */
export function readTexts<Item>(
  items: Iterable<Item>,
  pathOf: (item: Item) => string,
): AsyncGenerator<[Item, string][]> {
  return readMany(items, pathOf, TEXT);
}

/** Sizes of those files that are there, in bytes, in pieces like `readTexts`. */
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
    // Most of them, not their mean: on a busy machine a few take long because somebody else had the processor.
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
  // Asked first, because an error costs more than a question, and of a new book nothing is there.
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

/** There is nothing of that name, or something else than a file, which is as good as nothing. */
export function isNoFile(error: unknown): boolean {
  return systemCode(error) === 'ENOENT' || systemCode(error) === 'EISDIR' || systemCode(error) === 'ENOTDIR';
}
