/**
 * Many objects of a bucket at once, in as few requests as possible: each request is a network round trip and costs
 * money.
 */
import pLimit from 'p-limit';
import type { Bucket } from './bucket.ts';

/** Concurrent requests, fewer than the bucket's connections. */
const REQUESTS_AT_ONCE = 48;
/** Lists that are scanned concurrently. */
const SCANS_AT_ONCE = 16;
/** Least number of names for a scan of its own; a page has a thousand. */
const LEAST_NAMES_PER_SCAN = 64;
/** Texts per batch: bounds the memory. */
const PIECE = 1_000;

/**
 * Sizes in bytes of the objects that exist. Lists are read where they are dense with wanted names, and skipped where
 * they are not: each page covers at least one wanted name, so there are never more requests than names, and up to a
 * thousand times fewer.
 */
export async function findSizes(bucket: Bucket, names: readonly string[]): Promise<Map<string, number>> {
  const sorted = [...new Set(names)].sort(byBytes);
  const sizes = new Map<string, number>();
  const share = Math.max(LEAST_NAMES_PER_SCAN, Math.ceil(sorted.length / SCANS_AT_ONCE));
  const shares: string[][] = [];
  for (let at = 0; at < sorted.length; at += share) shares.push(sorted.slice(at, at + share));
  await Promise.all(shares.map((wanted) => scanList(bucket, wanted, sizes)));
  return sizes;
}

async function scanList(bucket: Bucket, wanted: readonly string[], sizes: Map<string, number>): Promise<void> {
  const folder = commonFolder(wanted);
  const isWanted = new Set(wanted);
  let last = '';
  for (let at = 0; at < wanted.length; ) {
    const nextName = nameBefore(wanted[at] ?? '');
    const { objects, isLast } = await bucket.page(folder, { after: byBytes(nextName, last) > 0 ? nextName : last });
    for (const { name, byteLength } of objects) if (isWanted.has(name)) sizes.set(name, byteLength);
    if (isLast || objects.length === 0) return;
    last = objects.at(-1)?.name ?? '';
    while (at < wanted.length && byBytes(wanted[at] ?? '', last) <= 0) at += 1;
  }
}

/** Texts of the objects that exist, in batches. Names that are missing in the list are not requested. */
export async function* readTexts(bucket: Bucket, names: readonly string[]): AsyncGenerator<[string, string][]> {
  const limit = pLimit(REQUESTS_AT_ONCE);
  for (let at = 0; at < names.length; at += PIECE) {
    const there = await findSizes(bucket, names.slice(at, at + PIECE));
    const texts = await limit.map(there.keys(), async (name) => [name, (await bucket.getText(name))?.text] as const);
    yield texts.flatMap(([name, text]): [string, string][] => (text === undefined ? [] : [[name, text]]));
  }
}

/**
 * A name that sorts before this one and after all that sort before it, as far as our names go: they end in a digit or
 * letter.
 */
function nameBefore(name: string): string {
  return name.slice(0, -1);
}

/** The longest folder that contains all of them. */
function commonFolder(sorted: readonly string[]): string {
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)];
  let same = 0;
  while (same < first.length && first[same] === last[same]) same += 1;
  return first.slice(0, first.lastIndexOf('/', same) + 1);
}

/** The order of a bucket's list: by bytes of UTF-8, which for our names (ASCII) is the order of their characters. */
function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
