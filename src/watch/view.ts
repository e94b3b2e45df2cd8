/** The books of a watched folder for whoever shows them: a look into the watcher's memory, and nothing that steers it. */
import { basename } from 'node:path';
import { bookId } from './book-memory.ts';
import type { Drop } from './drop.ts';
import { STATUS_ENDING } from './file-names.ts';
import type { Inbox } from './inbox.ts';
import { stateOfStatus } from './messages.ts';
import type { PauseReason, Price, State } from './state-machine.ts';

/** A book as it stands. */
export interface BookView {
  /** The same for one path, over restarts and machines. */
  id: string;
  /** In the watched folder, with `/` between the parts. */
  path: string;
  /** Absolute. */
  file: string;
  title: string | undefined;
  author: string | undefined;
  urgent: boolean;
  state: State['name'];
  /** What the status file says. */
  status: string;
  /** Files that it waits for. */
  missing: readonly string[];
  /** Every mistake of a rejected book. */
  errors: string | undefined;
  /** Of what is still to be made, at the last plan. */
  price: Price | undefined;
  progress: { segmentsDone: number; segmentsTotal: number; secondsLeft: number | undefined } | undefined;
  /** `folder`: absolute, or below the watched one. */
  delivered: { chapters: number; folder: string } | undefined;
}

/** A look at all of them. */
export interface InboxView {
  /** Absolute path of the watched folder. */
  folder: string;
  /** The watcher's own folder in it. */
  own: string;
  /** In the order of their paths. */
  books(): Promise<BookView[]>;
  /** Undefined for a book that is not there (any more, or not yet). */
  book(id: string): Promise<BookView | undefined>;
  /** Why nothing is begun just now. */
  hold(): PauseReason | undefined;
  /** Spent and reserved today, by all watchers. */
  spentToday(): Promise<{ day: string; amount: number; limit: number | undefined }>;
  /** A file was put there, renamed or removed: the watcher looks at it without waiting for an event. */
  lookSoon(file: string): void;
}

/** Opens the view. */
export function viewOf(inbox: Inbox, lookSoon: (file: string) => void): InboxView {
  const ids = new WeakMap<Drop, string>();
  const idOf = (drop: Drop): string => {
    const id = ids.get(drop) ?? bookId(drop.path);
    ids.set(drop, id);
    return id;
  };
  const shown = (): Drop[] => [...inbox.drops.values()].filter(({ partOfBook }) => !partOfBook);
  return {
    folder: inbox.options.folder,
    own: inbox.own,
    books: async () => {
      const drops = shown().sort((a, b) => (a.path < b.path ? -1 : 1));
      return Promise.all(drops.map((drop) => bookOf(inbox, drop, idOf(drop))));
    },
    book: async (id) => {
      const drop = shown().find((one) => idOf(one) === id);
      return drop === undefined ? undefined : bookOf(inbox, drop, id);
    },
    hold: () => inbox.hold,
    spentToday: async () => ({
      day: inbox.budget.today(),
      amount: await inbox.budget.spent(),
      limit: inbox.options.budgetPerDay,
    }),
    lookSoon,
  };
}

async function bookOf(inbox: Inbox, drop: Drop, id: string): Promise<BookView> {
  const { path, file, title, author, urgent, state, progress, delivered, price } = drop;
  const book: BookView = {
    id,
    path,
    file,
    title: title ?? drop.references.title,
    author,
    urgent,
    state: state.name,
    status: inbox.statusOf(drop) ?? state.name,
    missing: state.name === 'waiting-files' ? state.missing : [],
    errors: state.name === 'rejected' ? drop.rejection : undefined,
    price: state.name === 'waiting-approval' ? state.price : price,
    progress: state.name === 'speaking' || state.name === 'delivering' ? progress : undefined,
    delivered,
  };
  return state.name === 'elsewhere' ? { ...book, ...(await toldElsewhere(inbox, file)) } : book;
}

/** Another watcher is at it, whose status file says how far it is. */
async function toldElsewhere(inbox: Inbox, file: string): Promise<Partial<BookView>> {
  const status = ((await inbox.storage.statusStorage.read(`${file}${STATUS_ENDING}`)) ?? '').trim();
  const state = stateOfStatus(status);
  return state === undefined ? { status: `${basename(file)}: at another watcher` } : { state, status };
}
