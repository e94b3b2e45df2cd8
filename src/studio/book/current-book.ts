/** The book as it is now: read again when a file of it was saved, or when its store has other takes. */
import type { NumberedKeys } from '../../lines/stored-takes.ts';
import type { Store } from '../../store/store.ts';
import type { StudioBook, StudioDependencies } from '../dependencies.ts';
import { stateOfFiles } from './book-files.ts';
import { type Moment, momentOf } from './moment.ts';
import { type RememberingStore, rememberingStore } from './remembering-store.ts';

/** How long an answer about the files counts, in milliseconds: a page asks several things at once. */
const FILES_MS = 200;
/** The same for the store, which other processes may change. */
const STORE_MS = 1_500;
/** Most of the time that may go into asking the store. */
const SHARE_OF_TIME = 0.05;

/** Most keys of takes that are remembered. */
const MOST_KEYS = 500_000;

/** The book that a studio shows. */
export interface CurrentBook {
  /** The book now. Concurrent calls share one reading. */
  now(): Promise<Moment>;
  /** The book as it was last read. */
  last(): Moment;
  /** The same after something was changed here. */
  afterChange(): Promise<Moment>;
  /** The same after a take turned out to be damaged: what was remembered is read from the store again. */
  afterDamage(): Promise<Moment>;
}

/** What was read, and when it was last compared. */
interface Known {
  moment: Moment;
  opened: StudioBook;
  files: string;
  filesAt: number;
  stored: string;
  storedAt: number;
  /** How long asking the store took, in milliseconds. */
  askingMs: number;
}

/** Throws `errors` when the book cannot be read at its first opening; later the last moment stays, with the errors. */
export async function openCurrentBook(
  given: StudioDependencies,
  of: { onChange(now: Moment, before: Moment): void },
): Promise<CurrentBook | { errors: string }> {
  let remembering: RememberingStore | undefined;
  const open = async (): Promise<StudioBook | { errors: string }> => {
    const opened = await given.open();
    if ('errors' in opened) return opened;
    remembering ??= rememberingStore(opened.store);
    return { ...opened, store: remembering.store };
  };
  const first = await open();
  if ('errors' in first) return first;
  const keys: NumberedKeys = new Map();
  let known = await knownOf(first, keys);
  let reading: Promise<Moment> | undefined;

  const refresh = async (isChanged: boolean): Promise<Moment> => {
    const before = known.moment;
    // An empty folder would say that nothing was ever spoken, and a person would be asked to pay for all of it.
    if (await isGone(known.opened.store)) {
      const { location } = known.opened.store;
      if (before.storeGone === undefined) known = { ...known, moment: { ...before, storeGone: location } };
      if (known.moment !== before) of.onChange(known.moment, before);
      return known.moment;
    }
    if (before.storeGone !== undefined) {
      known = await knownOf(known.opened, keys);
      isChanged = true;
    }
    const files =
      isChanged || performance.now() - known.filesAt > FILES_MS ? await stateOfFiles(known.opened.book) : '';
    const areOthers = files !== '' && files !== known.files;
    const dueMs = Math.max(STORE_MS, known.askingMs / SHARE_OF_TIME);
    const asked =
      isChanged || performance.now() - known.storedAt > dueMs ? await askStore(known.opened.store) : undefined;
    if (asked !== undefined) remembering?.forget(asked.takes);
    if (areOthers) {
      const opened = await open();
      if ('errors' in opened)
        known = { ...known, files, filesAt: performance.now(), moment: { ...before, errors: opened.errors } };
      else known = await knownOf(opened, keys, asked);
    } else if (isChanged || (asked !== undefined && asked.state !== known.stored))
      known = await knownOf(known.opened, keys, asked);
    else {
      if (files !== '') known.filesAt = performance.now();
      if (asked !== undefined) Object.assign(known, { storedAt: performance.now(), askingMs: asked.ms });
    }
    if (known.moment !== before) of.onChange(known.moment, before);
    return known.moment;
  };
  const read = (isChanged: boolean): Promise<Moment> => {
    const mine = (reading ?? Promise.resolve()).catch(() => undefined).then(() => refresh(isChanged));
    reading = mine;
    const done = (): void => {
      if (reading === mine) reading = undefined;
    };
    mine.then(done, done);
    return mine;
  };
  return {
    now: () => reading ?? read(false),
    last: () => known.moment,
    afterChange: () => read(true),
    afterDamage: () => {
      remembering?.forget();
      return read(true);
    },
  };
}

type Asked = Awaited<ReturnType<typeof askStore>>;

/** `before`: the store was just asked, which is a request for each thousand takes on S3. */
async function knownOf(opened: StudioBook, keys: NumberedKeys, before?: Asked): Promise<Known> {
  // What was edited away is not kept for ever.
  if (keys.size > MOST_KEYS) keys.clear();
  // First what says that something has changed: a change meanwhile is then found the next time.
  const [files, asked] = await Promise.all([stateOfFiles(opened.book), before ?? askStore(opened.store)]);
  const moment = await momentOf(opened, files, keys);
  const at = performance.now();
  return { moment, opened, files, filesAt: at, stored: asked.state, storedAt: at, askingMs: asked.ms };
}

/** Whether the store that was opened is not there any more. One that cannot be asked is a failure of what asks next. */
export async function isGone(store: Store): Promise<boolean> {
  return (await store.isThere?.().catch(() => true)) === false;
}

/** Which takes, refusals and finished chapters there are. */
async function askStore(store: Store): Promise<{ state: string; takes: Set<string>; ms: number }> {
  const from = performance.now();
  const [takes, ...others] = await Promise.all([
    store.listRecords('take'),
    store.listRecords('refusal'),
    store.listRecords('master'),
  ]);
  const state = [takes, ...others].map((keys) => `${keys.length} ${mixed(keys)}`).join('\n');
  return { state, takes: new Set(takes), ms: performance.now() - from };
}

/** The same for the same keys in any order. */
function mixed(keys: readonly string[]): number {
  return keys.reduce((all, key) => all ^ Number.parseInt(key.slice(0, 8), 16), 0);
}
