/** What can be seen from outside of a book that went through a storm: its bytes, its takes, what was spoken. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { openDiskJournals } from '../../src/store/disk-journals.ts';
import type { PaidCall } from '../../src/store/spending/paid-call.ts';
import { type BookName, readSpending } from '../../src/store/spending/read-spending.ts';

/** Digests of the files that listeners get, by their name below `out`. Reports name sessions and times, so they differ. */
export async function deliveredDigests(out: string): Promise<Record<string, string>> {
  const paths = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.(mp3|m4b)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const digests = await Promise.all(
    paths.map(async (path) => [
      relative(out, path),
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    ]),
  );
  return Object.fromEntries(digests) as Record<string, string>;
}

/** The ledger of spending beside the simulator's own count. */
export interface LedgerEvidence {
  /** Calls in the ledger that speak. */
  calls: number;
  /** Of these, the ones whose answer was lost: the simulator may have had their text, or not. */
  lostAnswers: number;
  /** Lines whose count can not be right, in words. */
  differences: string[];
}

/**
 * Compares them line by line: the simulator had each text as often as the ledger has answers for it, and at most once more
 * for each lost answer. `spoken`: how often it had each text; `lineOf`: the line of a text, such as `1:7`.
 */
export async function ledgerEvidence(
  store: string,
  of: { book: BookName; spoken: Iterable<[text: string, times: number]>; lineOf: (text: string) => string },
): Promise<LedgerEvidence> {
  const { calls, damaged } = await readSpending({ journals: openDiskJournals(store) }, of.book);
  const speech = calls.filter(({ line }) => line !== null);
  const isLost = ({ reason }: PaidCall): boolean => reason === 'lost answer';
  const differences = damaged === 0 ? [] : [`${damaged} damaged records`];
  const known = new Set<string>();
  for (const [text, times] of of.spoken) {
    const line = of.lineOf(text);
    known.add(line);
    const own = speech.filter((call) => call.line === line);
    const answered = own.length - own.filter(isLost).length;
    if (times < answered || times > own.length)
      differences.push(`line ${line}: ${answered} to ${own.length} in the ledger, spoken ${times} times`);
  }
  for (const call of speech)
    if (!known.has(call.line ?? '') && !isLost(call)) differences.push(`line ${call.line} was never spoken`);
  return { calls: speech.length, lostAnswers: speech.filter(isLost).length, differences };
}

/** Looks at a store while a storm blows over it. */
export interface TakeWatch {
  /** Takes that are there now, by key. */
  takes(): ReadonlyMap<string, SeenTake>;
  /** Keys whose take was put in place of another one. */
  replaced(): readonly string[];
  /** Looks once more and ends. */
  stop(): Promise<void>;
}

/** What is known of a take. */
export interface SeenTake {
  text: string;
  voiceId: string;
  responseId: string;
  /** How often it was spoken because its checks doubted it. */
  tries: number;
}

/** How often the records are read, in milliseconds. */
const LOOK_EVERY_MS = 400;

/** Watches the takes of a store; each is read again and again, so that one that is written anew is noticed. */
export function watchTakes(store: string): TakeWatch {
  const seen = new Map<string, SeenTake>();
  const replaced: string[] = [];
  const look = async (): Promise<void> => {
    for (const [key, take] of await readTakes(store)) {
      const known = seen.get(key);
      if (known !== undefined && known.responseId !== take.responseId) replaced.push(key);
      seen.set(key, take);
    }
  };
  let isOver = false;
  const looking = (async () => {
    while (!isOver) {
      await look();
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
    }
  })();
  return {
    takes: () => seen,
    replaced: () => replaced,
    stop: async () => {
      isOver = true;
      await looking;
      await look();
    },
  };
}

async function readTakes(store: string): Promise<[string, SeenTake][]> {
  const folder = join(store, 'records', 'take');
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const records = await Promise.all(
    names.filter((name) => name.endsWith('.json')).map((name) => readFile(join(folder, name), 'utf8')),
  );
  return records.map((record) => {
    const {
      key,
      text,
      voiceId,
      responseId,
      tries = 1,
    } = (JSON.parse(record) as { value: SeenTake & { key: string } }).value;
    return [key, { text, voiceId, responseId, tries }];
  });
}
