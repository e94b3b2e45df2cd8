/** What can be seen from outside of a book that went through a storm: its bytes, its takes, what was spoken. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { lineIn } from './sent-lines.ts';
import type { StormStore } from './store.ts';

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
export function watchTakes(store: StormStore): TakeWatch {
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

/** Lines that have a take in the store now; see sent-lines.ts. */
export async function takenLines(store: StormStore): Promise<string[]> {
  return (await readTakes(store)).flatMap(([, { text }]) => lineIn(text) ?? []);
}

async function readTakes(store: StormStore): Promise<[string, SeenTake][]> {
  return (await store.texts('records/take')).map(([, record]) => {
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
