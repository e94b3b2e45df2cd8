import { type Block, type ImportedChapter, isSpoken } from './imported.ts';

/**
 * Splits a manuscript into chapters at its headings: at the highest level that is used more than once, or else at the highest
 * level. Text before the first heading is a separate chapter. `bare`: headings without text, which are in no chapter.
 */
export function chaptersByHeadings(blocks: readonly Block[]): { chapters: ImportedChapter[]; bare: Block[] } {
  const levels = blocks.flatMap(({ level }) => (level === undefined ? [] : [level]));
  const counts = new Map<number, number>();
  for (const one of levels) counts.set(one, (counts.get(one) ?? 0) + 1);
  const twice = [...counts].filter(([, count]) => count > 1).map(([one]) => one);
  const level = Math.min(...(twice.length > 0 ? twice : counts.keys()));
  const chapters: ImportedChapter[] = [];
  const bare: Block[] = [];
  let current: ImportedChapter = { title: '', blocks: [] };
  const end = (): void => {
    const text = current.blocks.some((block) => block.kind === 'text' && isSpoken(block));
    if (text) chapters.push({ ...current, title: current.title || firstHeading(current.blocks) || 'Beginning' });
    else for (const block of current.blocks.filter(isSpoken)) bare.push(block);
  };
  for (const block of blocks) {
    if (block.kind === 'heading' && block.level === level) {
      // The title of the book or a part belongs to the next chapter.
      const onlyHeadings = current.blocks.length > 0 && !current.blocks.some(({ kind }) => kind === 'text');
      if (!onlyHeadings || current.title !== '') {
        end();
        current = { title: '', blocks: [] };
      }
      current.title = block.text.replace(/\s+/g, ' ');
    }
    current.blocks.push(block);
  }
  end();
  if (chapters.length === 1 && levels.length === 0) chapters[0]!.title = 'Chapter 1';
  return { chapters, bare };
}

function firstHeading(blocks: readonly Block[]): string {
  return (blocks.find(({ kind }) => kind === 'heading')?.text ?? '').replace(/\s+/g, ' ');
}
