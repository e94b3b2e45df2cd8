/** What the names in a watched folder mean: books, our own files, and what other programs leave while they write. */

/** Behind a manifest's whole name: the file that tells how its book is doing. */
export const STATUS_ENDING = '.status.txt';
/** Behind a manifest's whole name: every mistake with line, caret and fix. */
export const REJECTED_ENDING = '.rejected.txt';
/** Behind a manifest's whole name: a person's yes to the price. */
export const APPROVED_ENDING = '.approved';
/** Behind a manifest's whole name: withdrawn over the API. The file is as it was; renaming it back puts the book in again. */
export const CANCELLED_ENDING = '.cancelled';
/** In the watched folder itself, while nothing can be spoken. */
export const STOPPED_NOTICE = 'PIPELINE STOPPED - read me.txt';
/** Ours, in the watched folder: claims, what was delivered, the day's spending. */
export const OWN_FOLDER = '.pipeline-watch';

/** Below our own folder: one file for each watcher that is at work. */
export const WATCHER_IDS = 'watchers';

/** What a file is to the watcher. */
export type NameKind =
  | 'manifest'
  | 'archive'
  /** Says yes to a price. */
  | 'approval'
  /** Stops the line while it is there. */
  | 'pause'
  | 'ours'
  /** Of another program that is writing, or a system's own. */
  | 'temporary'
  | 'other';

/**
 * Names that are still being written, or were never meant for us: browsers (.part, .crdownload, .download), copy and sync
 * programs (.filepart, .tmp, ~…, .~…), office programs (~$…), editors (.swp, …~, #…#), and what systems sprinkle about.
 */
const TEMPORARY =
  /^(\.|~\$|~|#)|^(thumbs\.db|desktop\.ini|ehthumbs\.db|__macosx|icon\r)$|\.(part|partial|crdownload|download|filepart|tmp|temp|swp|swo|swx|bak|lck|lock|opdownload|!ut)$|~$|\.sb-[0-9a-f]+-\w+$/i;

/** What a file of this name is. `atRoot`: it lies in the watched folder itself. */
export function kindOfName(name: string, { atRoot }: { atRoot: boolean }): NameKind {
  const lower = name.toLowerCase();
  if (lower.endsWith(STATUS_ENDING) || lower.endsWith(REJECTED_ENDING)) return 'ours';
  if (atRoot && name === STOPPED_NOTICE) return 'ours';
  if (TEMPORARY.test(name)) return 'temporary';
  if (atRoot && /^pause(\.txt)?$/i.test(name)) return 'pause';
  // Some systems hide endings and add .txt of their own.
  if (/\.(ya?ml|zip)\.approved(\.txt)?$/i.test(name)) return 'approval';
  if (/\.ya?ml$/i.test(name)) return 'manifest';
  return /\.zip$/i.test(name) ? 'archive' : 'other';
}

/** Whether folders of this name are looked into. */
export function isScannedFolder(name: string): boolean {
  return !TEMPORARY.test(name);
}

/** Files that are a yes to the price of the book at `path`. */
export function approvalNames(path: string): string[] {
  return [`${path}${APPROVED_ENDING}`, `${path}${APPROVED_ENDING}.txt`];
}

/** Whether a book, by its path in the watched folder, is to come before the others: it lies somewhere below `urgent`. */
export function isUrgent(relativePath: string): boolean {
  return relativePath
    .split('/')
    .slice(0, -1)
    .some((part) => part.toLowerCase() === 'urgent');
}

/** One spelling for the names that a person can not tell apart: systems compose accents differently. */
export function sameName(path: string): string {
  return path.normalize('NFC');
}

/** Whether a finished book's place is on S3, and no folder that can be looked into. */
export function isAddress(folder: string): boolean {
  return folder.startsWith('s3://');
}
