/** Creates the view of a watched folder from the watcher's memory. */
import { basename } from 'node:path';
import { bookId } from './book-memory.ts';
import type { Drop } from './drop.ts';
import { rejectionOf } from './drop-status.ts';
import { STATUS_ENDING } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { stateOfStatus } from './messages.ts';
import { retryNow } from './retry-now.ts';
import type { BookView, InboxView } from './view.ts';

/** Creates the view. `scanSoon`: see `InboxView`. */
export function openInboxView(inbox: Inbox, lookSoon: (file: string) => void): InboxView {
  const ids = new WeakMap<Drop, string>();
  const idOf = (drop: Drop): string => {
    const id = ids.get(drop) ?? bookId(drop.path);
    ids.set(drop, id);
    return id;
  };
  const visible = (): Drop[] => [...inbox.drops.values()].filter(({ partOfBook }) => !partOfBook);
  return {
    folder: inbox.options.folder,
    ownFolder: inbox.ownFolder,
    books: async () => {
      const drops = visible().sort((a, b) => (a.path < b.path ? -1 : 1));
      return Promise.all(drops.map((drop) => bookOf(inbox, drop, idOf(drop))));
    },
    book: async (id) => {
      const drop = visible().find((one) => idOf(one) === id);
      return drop === undefined ? undefined : bookOf(inbox, drop, id);
    },
    pauseReason: () => inbox.pauseReason,
    pauseCause: () => (inbox.pauseReason === 'outage' ? inbox.outage.cause : undefined),
    retry: (id) => {
      const drop = visible().find((one) => idOf(one) === id);
      return drop !== undefined && retryNow(inbox, drop);
    },
    spentToday: async () => {
      const { spent: amount, reserved } = await inbox.budget.billed();
      return { day: inbox.budget.today(), amount, reserved, limit: inbox.options.budgetPerDay };
    },
    spentOn: async ({ title, author = '' }) =>
      title === undefined ? undefined : inbox.options.spentOn?.({ title, author }),
    diagnose: (manifest, decided) => inbox.options.diagnose(manifest, decided),
    scanSoon: lookSoon,
  };
}

async function bookOf(inbox: Inbox, drop: Drop, id: string): Promise<BookView> {
  const { path, file, title, author, urgent, state, progress, delivered, price, spent, granted } = drop;
  const book: BookView = {
    id,
    path,
    file,
    title: title ?? drop.references.title,
    author,
    urgent,
    state: state.name,
    status: inbox.statusOf(drop) ?? state.name,
    statuses: statusesOf(inbox, drop),
    missing: state.name === 'waiting-files' ? state.missing : [],
    ...(state.name === 'rejected' ? errorsOf(drop) : { errors: undefined }),
    failures: state.name === 'needs-you' ? drop.failures : [],
    price: state.name === 'waiting-approval' ? state.price : price,
    spent,
    granted,
    progress: state.name === 'speaking' || state.name === 'delivering' ? progress : undefined,
    delivered,
  };
  return state.name === 'elsewhere' ? { ...book, ...(await readStatusElsewhere(inbox, file)) } : book;
}

function statusesOf(inbox: Inbox, drop: Drop): BookView['statuses'] {
  const [en, zh] = [inbox.statusOf(drop, 'en'), inbox.statusOf(drop, 'zh')];
  return en === undefined || zh === undefined ? undefined : { en, zh };
}

function errorsOf(drop: Drop): Pick<BookView, 'errors' | 'errorTexts'> {
  const [en, zh] = [rejectionOf(drop, 'en'), rejectionOf(drop, 'zh')];
  const errorTexts = en === undefined || zh === undefined ? undefined : { en, zh };
  return { errors: errorTexts?.[drop.references.language], errorTexts };
}

/** Reads the state from the status file, which another watcher writes. */
async function readStatusElsewhere(inbox: Inbox, file: string): Promise<Partial<BookView>> {
  const status = ((await inbox.storage.statusStorage.read(`${file}${STATUS_ENDING}`)) ?? '').trim();
  const state = stateOfStatus(status);
  return state === undefined ? { status: `${basename(file)}: another watcher is working on it` } : { state, status };
}
