/** Reads which results of a draft are in the store. */
import pLimit from 'p-limit';
import type { Realm } from '../account.ts';
import { PipelineError } from '../errors.ts';
import type { Draft } from '../plan/draft.ts';
import { lastRunKey } from '../plan/keys.ts';
import { type LoudnessCounts, needsLevels } from '../plan/levels.ts';
import type { DoubtfulTake, Snapshot } from '../plan/plan.ts';
import { findBook } from './books.ts';
import { findLastRun } from './last-runs.ts';
import { findVoice, hasIntent, isVoiceDamaged } from './ledger.ts';
import { findMaster } from './masters.ts';
import type { Store } from './store.ts';
import { findTakes, type TakeRecord } from './takes.ts';

/** Concurrent small reads: enough to hide a network disk's latency, few enough for any limit on open files. */
const READS_AT_ONCE = 32;

/**
 * The results of the draft that exist for this account. Reads each key once, however often the book repeats it.
 *
 * @param loudnessOf measures a take whose record has no loudness; called only where the book levels its characters. A
 * take whose sound turns out to be damaged then counts as missing.
 */
export async function snapshotOf(
  store: Store,
  draft: Draft,
  of: { account: string; realm: Realm; loudnessOf?: (take: TakeRecord) => Promise<LoudnessCounts> },
): Promise<Snapshot> {
  const { account, realm, loudnessOf } = of;
  const wantsLevels = draft.chapters.some(({ master }) => needsLevels(master));
  const levels = new Map<string, LoudnessCounts>();
  const limit = pLimit(READS_AT_ONCE);
  const takeKeys = new Set(draft.chapters.flatMap((chapter) => chapter.segments.map((segment) => segment.key)));
  const takes = new Map<string, string>();
  const doubtful = new Map<string, DoubtfulTake>();
  const voices = new Set<string>();
  const unconfirmedVoices = new Set<string>();
  const masters = new Map<string, string>();
  const books = new Map<string, string>();
  const { title, delivery } = draft;
  const note = ({ key, pcm, doubts, tries = 1 }: TakeRecord, loudness: LoudnessCounts | undefined): void => {
    takes.set(key, pcm.digest);
    if (doubts !== undefined) doubtful.set(key, { doubts, tries });
    if (loudness !== undefined) levels.set(key, loudness);
  };
  const noteMeasured = async (take: TakeRecord): Promise<void> => {
    const loudness = await unlessDamaged(loudnessOf?.(take));
    if (loudness !== 'damaged') note(take, loudness);
  };
  const readTakes = async (): Promise<void> => {
    for await (const piece of findTakes(store, takeKeys)) {
      const toMeasure: TakeRecord[] = [];
      for (const take of piece) {
        if (wantsLevels && take.loudness === undefined) toMeasure.push(take);
        else note(take, take.loudness);
      }
      await limit.map(toMeasure, noteMeasured);
    }
  };
  const [lastRun, refused] = await Promise.all([
    findLastRun(store, lastRunKey({ title, author: delivery.author }, realm)),
    // Few if any, so listing all is cheaper than one read per segment.
    store.listRecords('refusal'),
    readTakes(),
    limit.map(draft.voices, async ({ key }) => {
      if ((await findVoice(store, key, account)) !== undefined) voices.add(key);
      else if ((await hasIntent(store, key, account)) || (await isVoiceDamaged(store, key, account)))
        unconfirmedVoices.add(key);
    }),
    limit.map(draft.chapters, async ({ master: { key } }) => {
      const master = await findMaster(store, key);
      if (master !== undefined) masters.set(key, master.takesDigest);
    }),
    limit.map(draft.book === undefined ? [] : [draft.book], async ({ key }) => {
      const book = await findBook(store, key);
      if (book !== undefined) books.set(key, book.takesDigest);
    }),
  ]);
  return {
    takes,
    levels,
    doubtful,
    voices,
    masters,
    books,
    unconfirmedVoices,
    lastRun,
    refused: new Set(refused),
  };
}

async function unlessDamaged<T>(work: Promise<T> | undefined): Promise<T | 'damaged' | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'store-damaged') return 'damaged';
    throw error;
  }
}
