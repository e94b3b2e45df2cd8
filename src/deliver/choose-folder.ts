/**
 * Which folder a book is delivered into: its own from an earlier run, wherever that is; otherwise the first name that nobody
 * uses, claimed before the first file is written. The same on a disk and on S3.
 */
import { bookFolderName } from '../plan/names.ts';
import { type FolderOwner, isOurs, isSameBook } from './folder-owner.ts';

/** Most books with the same name. */
const MOST_NAMESAKES = 1000;

/** What is in a folder: nothing of anybody, files that we did not write, or a book. */
export type FolderState = 'free' | 'foreign' | FolderOwner;

/** Where folders are. */
export interface DeliveryPlace {
  /** Folders that have this name, or that some system takes for it, the exact one first; or the name to look at. */
  spellings(name: string): Promise<readonly string[]>;
  look(name: string): Promise<FolderState>;
  /** Claims a folder that is free or missing. Of several at once exactly one gets true. */
  claim(name: string): Promise<boolean>;
  /** Whether all folders were listed. Where each look costs a request, the first free name ends the search. */
  isListed: boolean;
}

/** The chosen folder. */
export interface ChosenFolder {
  name: string;
  /** It was claimed just now. */
  isNew: boolean;
  /** Why it does not have the book's plain name, when it was claimed just now. */
  notice?: string;
}

/** Chooses and claims the folder. Undefined when all names are in use. Rejects with the errors of the place. */
export async function chooseFolder(place: DeliveryPlace, us: FolderOwner): Promise<ChosenFolder | undefined> {
  const states = new Map<string, FolderState>();
  const own = await findOwn(place, us, states);
  if (own !== undefined) return { name: own, isNew: false };
  let inTheWay: { name: string; state: FolderState } | undefined;
  for (const name of folderNames(us.title)) {
    const [spelling = name] = await place.spellings(name);
    const before = states.get(spelling) ?? (await place.look(spelling));
    if (before === 'free' && (await place.claim(spelling))) {
      return { name: spelling, isNew: true, ...(inTheWay && { notice: noticeOf(spelling, inTheWay, us) }) };
    }
    // Another process may have claimed it for this book a moment ago.
    const state = before === 'free' ? await place.look(spelling) : before;
    if (typeof state === 'object' && isOurs(state, us)) return { name: spelling, isNew: false };
    inTheWay ??= { name: spelling, state };
  }
  return undefined;
}

async function findOwn(
  place: DeliveryPlace,
  us: FolderOwner,
  states: Map<string, FolderState>,
): Promise<string | undefined> {
  for (const name of folderNames(us.title)) {
    for (const spelling of await place.spellings(name)) {
      const state = await place.look(spelling);
      states.set(spelling, state);
      if (typeof state === 'object' && isOurs(state, us)) return spelling;
      if (state === 'free' && !place.isListed) return undefined;
    }
  }
  return undefined;
}

function noticeOf(name: string, { name: taken, state }: { name: string; state: FolderState }, us: FolderOwner): string {
  if (typeof state === 'string')
    return `The folder "${taken}" has files that this program did not write. They stay as they are; this book goes to "${name}".`;
  if (!isSameBook(state, us))
    return `The folder "${taken}" belongs to another book, "${state.title}". This book goes to "${name}".`;
  return `The folder "${taken}" has an edition of this book from another store. It stays as it is; this edition goes to "${name}". To replace the other edition, delete its folder and run again.`;
}

/** What a delivery writes, now or with other settings. */
const DELIVERABLE =
  /^(?!\.).*(\.(mp3|m4a|m4b|flac|wav|srt|vtt|lrc|cue|labels\.txt|epub)| - lines)$|^(report\.(json|html)|completeness\.json)$/i;

/** Whether a delivery could write over a file or folder of this name. Notes and covers of people may stay beside a book. */
export function isInTheWay(name: string): boolean {
  return DELIVERABLE.test(name);
}

/** Possible folder names for a title, in order of preference. */
export function* folderNames(title: string): Generator<string> {
  const name = bookFolderName(title);
  for (let number = 1; number <= MOST_NAMESAKES; number++) yield number === 1 ? name : `${name} (${number})`;
}
