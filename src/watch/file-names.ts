/** The meaning of names in a watched folder: books, the watcher's own files, and temporary files of other programs. */

/** Suffix after a manifest's full name: the status of its book. */
export const STATUS_ENDING = '.status.txt';
/** Suffix after a manifest's full name: all errors with line, caret and fix. */
export const REJECTED_ENDING = '.rejected.txt';
/** Suffix after a manifest's full name: a person's approval of the price. */
export const APPROVED_ENDING = '.approved';
/** Suffix after a manifest's full name: cancelled over the API. The content is unchanged; renaming it back submits it again. */
export const CANCELLED_ENDING = '.cancelled';
/** The notice in the watched folder itself during an outage. */
export const STOPPED_NOTICE = 'PIPELINE STOPPED - read me.txt';
/** The watcher's own folder in the watched folder: claims, records of delivered books, the day's spending. */
export const OWN_FOLDER = '.pipeline-watch';

/** Below the watcher's own folder: one claim for each running watcher. */
export const WATCHER_IDS = 'watchers';
/** Below the watcher's own folder: the files that are no books and have been answered. */
export const OTHER_FILES = 'other-files.json';

/** What a file means to the watcher. */
export type NameKind =
  | 'manifest'
  | 'archive'
  /** Approves a price. */
  | 'approval'
  /** Pauses the queue while it exists. */
  | 'pause'
  /** A status file, a rejection or the outage notice. */
  | 'ours'
  /** Belongs to another program that is writing, or to the operating system. */
  | 'temporary'
  | 'other';

/**
 * Files that are still being written or are not meant for the watcher: of browsers (.part, .crdownload, .download), copy and
 * sync programs (.filepart, .tmp, ~…, .~…), office programs (~$…), editors (.swp, …~, #…#) and operating systems.
 */
const TEMPORARY =
  /^(\.|~\$|~|#)|^(thumbs\.db|desktop\.ini|ehthumbs\.db|__macosx|icon\r)$|\.(part|partial|crdownload|download|filepart|tmp|temp|swp|swo|swx|bak|lck|lock|opdownload|!ut|!sync|bts)$|~$|\.sb-[0-9a-f]+-\w+$/i;

/** The meaning of a file name. `atRoot`: the file is directly in the watched folder. */
export function kindOfName(name: string, { atRoot }: { atRoot: boolean }): NameKind {
  const lower = name.toLowerCase();
  if (lower.endsWith(STATUS_ENDING) || lower.endsWith(REJECTED_ENDING)) return 'ours';
  if (atRoot && name === STOPPED_NOTICE) return 'ours';
  if (TEMPORARY.test(name)) return 'temporary';
  if (atRoot && /^pause(\.txt)?$/i.test(name)) return 'pause';
  // Some systems hide file name extensions and add .txt.
  if (/\.(ya?ml|zip)\.approved(\.txt)?$/i.test(name)) return 'approval';
  if (/\.ya?ml$/i.test(name)) return 'manifest';
  return /\.zip$/i.test(name) ? 'archive' : 'other';
}

/** Whether folders of this name are scanned. */
export function isScannedFolder(name: string): boolean {
  return !TEMPORARY.test(name);
}

/** Names of the files that approve the price of the book at `path`. */
export function approvalNames(path: string): string[] {
  return [`${path}${APPROVED_ENDING}`, `${path}${APPROVED_ENDING}.txt`];
}

/** Whether a book is urgent: its path in the watched folder goes through a folder named `urgent`. */
export function isUrgent(relativePath: string): boolean {
  return relativePath
    .split('/')
    .slice(0, -1)
    .some((part) => part.toLowerCase() === 'urgent');
}

/** The normalized spelling of a name: systems compose accents differently. */
export function sameName(path: string): string {
  return path.normalize('NFC');
}

/** Whether the folder of a finished book is an address on S3. */
export function isAddress(folder: string): boolean {
  return folder.startsWith('s3://');
}
