/** Which model speaks a book whose manifest names none. */
import { existsSync } from 'node:fs';
import { type Account, isVendorHost } from '../account.ts';
import type { ModelChoice, ModelChooser } from '../book/load-book.ts';
import type { Config } from '../config/config.ts';
import { findLock } from '../deliver/lock-file.ts';
import { DEFAULT_MODEL, FIRST_FAMILY_MODEL, MODELS } from '../models.ts';
import { lastRunKey } from '../plan/keys.ts';
import { findBookModel, listBookModels, putBookModel } from '../store/book-models.ts';
import { findLastRun } from '../store/last-runs.ts';
import type { Store } from '../store/store.ts';
import { openConfiguredStore } from './open-store.ts';
import { accountWithoutCalls } from './service.ts';

/**
 * A book keeps the model that it was made with: that of its lock, otherwise of its last run in the store, otherwise the one
 * that it was begun with. A new book gets
 * the model of the voices that it names by their IDs, otherwise the default of this release; at a server of one's own,
 * that of the first family, which such servers speak. Reads the lock and the store; a store that does not exist is not
 * created.
 */
export function modelChooser(config: Config): ModelChooser {
  const account = accountWithoutCalls(config);
  return async (book) =>
    (await ofLock(book, account)) ?? (await ofStore(book, { config, account })) ?? ofNewBook(book, config);
}

type Unnamed = Parameters<ModelChooser>[0];

async function ofLock(
  { folder, manifest, title, author }: Unnamed,
  { realm }: Account,
): Promise<ModelChoice | undefined> {
  // A lock that cannot be read says nothing here; the commands that need one complain.
  const lock = await findLock({ folder, manifest, simulated: realm === 'local', use: 'read' }).catch(() => undefined);
  const edition = lock?.read?.edition;
  if (edition === undefined || edition.title !== title || edition.author !== author) return undefined;
  return Object.hasOwn(MODELS, edition.model) ? { model: edition.model, from: 'lock' } : undefined;
}

async function ofStore(
  { title, author }: Unnamed,
  { config, account }: { config: Config; account: Account },
): Promise<ModelChoice | undefined> {
  if (config.s3 === undefined && !existsSync(config.storeDir)) return undefined;
  const store = await openConfiguredStore(config);
  const key = lastRunKey({ title, author }, account.realm);
  const last = await findLastRun(store, key);
  if (last !== undefined)
    return Object.hasOwn(MODELS, last.model) ? { model: last.model, from: 'last-run' } : undefined;
  const begun = await findBookModel(store, key);
  if (begun !== undefined)
    return Object.hasOwn(MODELS, begun.model) ? { model: begun.model, from: 'begun' } : undefined;
  return (await isOfFirstVersions(store)) ? { model: FIRST_FAMILY_MODEL, from: 'store' } : undefined;
}

/**
 * A store with takes and without any last run is older than last runs, when there was one family of models; unless a book was
 * begun in it since, and not because the store is old.
 */
async function isOfFirstVersions(store: Store): Promise<boolean> {
  if ((await store.listRecords('last-run')).length > 0 || (await store.listRecords('take')).length === 0) return false;
  const begun = await listBookModels(store);
  return begun.length === 0 || begun.some(({ from }) => from === 'store');
}

/**
 * Keeps a choice that was made now; call it before anything is paid. A choice from a lock or an earlier run is kept by that.
 * Throws when the store cannot be written.
 */
export async function keepChosenModel(of: {
  store: Store;
  account: Pick<Account, 'realm'>;
  manifest: { title: string; author?: string | undefined };
  choice: ModelChoice | undefined;
}): Promise<void> {
  const { store, account, manifest, choice } = of;
  if (choice === undefined || !(isNews(choice) || choice.from === 'store')) return;
  const book = { title: manifest.title, author: manifest.author ?? '' };
  await putBookModel(store, lastRunKey(book, account.realm), { ...book, ...choice });
}

function ofNewBook({ ofVoices }: Unnamed, { simulate, namesRealtimeServer, realtimeUrl }: Config): ModelChoice {
  if (ofVoices !== undefined) return { model: ofVoices, from: 'voices' };
  return !simulate && namesRealtimeServer && !isVendorHost(new URL(realtimeUrl).hostname)
    ? { model: FIRST_FAMILY_MODEL, from: 'server' }
    : { model: DEFAULT_MODEL, from: 'default' };
}

/** A sentence on the choice, for a person. */
export function modelChoiceText({ model, from }: ModelChoice): string {
  const why = {
    lock: 'the one of its lock',
    'last-run': 'the one of its last run in this store',
    begun: 'the one that it was begun with',
    store: 'the one of the first versions, which made this store',
    voices: 'the one of its enrolled voices',
    server: 'the one that servers at DASHSCOPE_REALTIME_URL speak',
    default: 'the default of this release',
  }[from];
  return `The manifest names no model, so the book is spoken with ${model}, ${why}.`;
}

/** Whether the choice was made for a new book, and not by an earlier run. */
export function isNews({ from }: ModelChoice): boolean {
  return from === 'default' || from === 'server' || from === 'voices';
}
