/** Looks at a book and a store and says what is needed; apart from the run, so that a plan need not load what a run does. */
import type { Account } from '../account.ts';
import { loudnessCounts } from '../audio/loudness.ts';
import { storedMeasures } from '../audio/stored-measures.ts';
import type { Book } from '../book/load-book.ts';
import { type Draft, draftBook } from '../plan/draft.ts';
import type { LoudnessCounts } from '../plan/levels.ts';
import { type Plan, planBook } from '../plan/plan.ts';
import type { Outlook } from '../plan/report.ts';
import { countVoices } from '../store/ledger.ts';
import { snapshotOf } from '../store/snapshot.ts';
import { findPace } from '../store/speech-pace.ts';
import type { Store } from '../store/store.ts';
import { amendTake, type TakeRecord } from '../store/takes.ts';

/** What a plan is priced and timed with, as far as the store does not know it. */
export type Terms = Omit<Outlook, 'pace' | 'knownVoices'>;

/** All steps of a loaded book. Pure. */
export function draftRun({ book, account }: { book: Book; account: Account }): Draft {
  return draftBook({
    manifest: book.manifest,
    chapters: book.chapters,
    samples: new Map([...book.samples].map(([name, { asset }]) => [name, asset])),
    ...(book.cover === undefined ? {} : { cover: book.cover.asset }),
    ...(book.sample === undefined ? {} : { sample: book.sample }),
    pickups: new Map([...book.pickups].map(([path, { asset }]) => [path, asset])),
    realm: account.realm,
  });
}

/** What of a book is needed now (`settleLevels`: see `planBook`). Changes nothing in the store but what `loudnessOf` adds. */
export async function planRun(
  { book, store, account }: { book: Book; store: Store; account: Account },
  { settleLevels = false } = {},
): Promise<Plan> {
  const draft = draftRun({ book, account });
  const snapshot = await snapshotOf(store, draft, {
    account: account.id,
    realm: account.realm,
    loudnessOf: (take) => loudnessOf(take, store),
  });
  return planBook(draft, snapshot, { settleLevels });
}

/** How loud a take is whose record is of a version that did not say it. Written into the record, so that it is asked once. */
async function loudnessOf(take: TakeRecord, store: Store): Promise<LoudnessCounts> {
  const { measures } = await storedMeasures({
    sampleRateHz: take.sampleRateHz,
    readMeasures: () => store.readBlob(take.measures.digest),
    openSound: () => store.openBlob(take.pcm.digest),
  });
  const loudness = loudnessCounts(measures.loudness);
  // A plan must also be had of a store that can not be written.
  await amendTake(store, { ...take, loudness }).catch(() => undefined);
  return loudness;
}

/** The plan's terms with what the store knows: how fast and how long the account spoke before, how many voices it has. */
export async function outlookOf(
  { store, account, terms }: { store: Store; account: Account; terms: Terms },
  plan: Plan,
): Promise<Outlook> {
  const [pace, knownVoices] = await Promise.all([
    findPace(store, { account: account.id, model: plan.model.id }),
    countVoices(store, account.id),
  ]);
  const tariff = pace === undefined ? terms.tariff : { ...terms.tariff, lengthFactor: pace.lengthFactor };
  return { ...terms, tariff, pace, knownVoices };
}
