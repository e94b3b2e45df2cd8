/** Whose a delivered folder is: its mark says so from before the first file until its report is written, then the report. */

/** The book, and the store that makes it. Written into marks: field names stay. */
export interface FolderOwner {
  title: string;
  author: string;
  /** ID of the store; undefined in a folder of an earlier version. */
  store?: string | undefined;
}

/** The mark in a folder whose first report is not written yet. */
export const FOLDER_MARK = '.narration-folder.json';

/** Text of the mark. */
export function markText({ title, author, store }: FolderOwner): string {
  return `${JSON.stringify({ format: 'narration-folder', version: 1, title, author, store })}\n`;
}

/** The owner in a mark or in a report.json; undefined when it is neither. */
export function ownerIn(text: string): FolderOwner | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || !('title' in value)) return undefined;
    if (value.format !== 'narration-folder' && value.format !== 'narration-report') return undefined;
    if (typeof value.title !== 'string') return undefined;
    return {
      title: value.title,
      author: 'author' in value && typeof value.author === 'string' ? value.author : '',
      ...('store' in value && typeof value.store === 'string' && { store: value.store }),
    };
  } catch {
    return undefined;
  }
}

/** Whether it is the same book; systems compose accents differently. */
export function isSameBook(a: FolderOwner, b: FolderOwner): boolean {
  const same = (x: string, y: string): boolean => x.normalize('NFC') === y.normalize('NFC');
  return same(a.title, b.title) && same(a.author, b.author);
}

/** Whether a folder of `found` is updated by `us`: the same book of the same store, or of an unknown one. */
export function isOurs(found: FolderOwner, us: FolderOwner): boolean {
  return isSameBook(found, us) && (found.store === undefined || us.store === undefined || found.store === us.store);
}
