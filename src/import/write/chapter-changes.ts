/** How the chapters of a new import differ from those of a folder that people have edited. Pure. */

/** A chapter's file and its text. */
export interface ChapterTextFile {
  /** Path in the book's folder. */
  file: string;
  text: string;
}

/** What became of a chapter. */
export interface ChapterChange {
  /** Path in the folder of the new import; of a chapter that only the old one has, there. */
  file: string;
  kind: 'same' | 'changed' | 'new' | 'gone';
  /** Its path in the old folder, where it has another name. */
  was?: string;
  /** Of a changed one: paragraphs that only the new text has, and that only the old one has. Both 0: their order differs, or only spaces. */
  added?: number;
  removed?: number;
  /** 1-based line of the old file where they begin to differ. */
  line?: number;
}

/** One item for each chapter: those of the new import in order, then those that only the old folder has. Chapters are paired by path, then by title. */
export function chapterChanges(before: readonly ChapterTextFile[], after: readonly ChapterTextFile[]): ChapterChange[] {
  const left = new Map(before.map((chapter) => [chapter.file, chapter]));
  const take = (found: ChapterTextFile | undefined): ChapterTextFile | undefined => {
    if (found !== undefined) left.delete(found.file);
    return found;
  };
  const byPath = after.map(({ file }) => take(left.get(file)));
  const changes = after.map((chapter, index): ChapterChange => {
    const old = byPath[index] ?? take([...left.values()].find(({ file }) => titleOf(file) === titleOf(chapter.file)));
    if (old === undefined) return { file: chapter.file, kind: 'new' };
    const was = old.file !== chapter.file && { was: old.file };
    if (old.text === chapter.text) return { file: chapter.file, kind: 'same', ...was };
    return { file: chapter.file, kind: 'changed', ...was, ...textChange(old.text, chapter.text) };
  });
  return [...changes, ...[...left.keys()].map((file): ChapterChange => ({ file, kind: 'gone' }))];
}

/** `chapters/03 - Fog.txt` → `Fog`. A chapter that was put in before it changes its number. */
function titleOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/^\d+ - /, '');
}

function textChange(before: string, after: string): Pick<ChapterChange, 'added' | 'removed' | 'line'> {
  const [old, fresh] = [paragraphsOf(before), paragraphsOf(after)];
  let same = 0;
  while (same < before.length && before[same] === after[same]) same++;
  const line = before.slice(0, same).split('\n').length;
  return { added: lacking(fresh, old), removed: lacking(old, fresh), line };
}

function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).flatMap((one) => (one.trim() === '' ? [] : [one.trim().replace(/\s+/g, ' ')]));
}

/** How many of `all` are not in `others`, each as often as it stands there. */
function lacking(all: readonly string[], others: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const one of others) counts.set(one, (counts.get(one) ?? 0) + 1);
  return all.filter((one) => {
    const count = counts.get(one) ?? 0;
    counts.set(one, count - 1);
    return count <= 0;
  }).length;
}
