import { type Block, type ImportedChapter, isSpoken } from '../imported.ts';
import { headingShape } from './heading-forms.ts';
import { unspaced } from './heading-shapes.ts';

/**
 * Splits a manuscript into chapters at its headings: at the highest level that is used more than once and is not that of parts,
 * or else at the highest level; and at every heading above that. Parts go with the chapter that follows. Text before the first
 * heading is a separate chapter. `bare`: headings without text, as in a list of chapters, which are in no chapter.
 */
export function chaptersByHeadings(all: readonly Block[]): { chapters: ImportedChapter[]; bare: Block[] } {
  const blocks = all.map((block) => (block.kind === 'heading' ? { ...block, text: unspaced(block.text) } : block));
  const level = chapterLevel(blocks);
  const repeated = lastPlaces(blocks);
  const chapters: (ImportedChapter & { part: string })[] = [];
  const bare: Block[] = [];
  let part = '';
  let current: ImportedChapter = { title: '', blocks: [] };
  let head: Block | undefined;
  let counted = 0;
  const end = (): void => {
    const text = current.blocks.some((block) => block.kind === 'text' && isSpoken(block));
    if (text) chapters.push({ ...current, title: current.title || firstHeading(current.blocks) || 'Beginning', part });
    else for (const block of current.blocks.filter(isSpoken)) bare.push(block);
  };
  for (const block of blocks) {
    if (block.kind === 'heading' && block.level! <= level) {
      // Word counts such a heading itself.
      const title = block.text.replace(/\s+/g, ' ') || `Chapter ${++counted}`;
      const onlyHeadings = current.blocks.length > 0 && !current.blocks.some(({ kind }) => kind === 'text');
      const joins = onlyHeadings && (head === undefined || goTogether(head, block, repeated));
      if (joins) current.title = head ? joinedTitle(head, block) : title;
      else {
        end();
        current = { title, blocks: [] };
      }
      if (block.level! < level || isPart(block)) part = title;
      head = block;
    }
    current.blocks.push(block);
  }
  end();
  if (chapters.length === 1 && head === undefined && firstHeading(chapters[0]!.blocks) === '')
    chapters[0]!.title = 'Chapter 1';
  return { chapters: distinguished(chapters), bare };
}

/** The level at which chapters begin; infinite without headings. */
function chapterLevel(blocks: readonly Block[]): number {
  const headings = blocks.filter(({ kind, level }) => kind === 'heading' && level !== undefined);
  const counts = new Map<number, number>();
  for (const { level } of headings) counts.set(level!, (counts.get(level!) ?? 0) + 1);
  const levels = [...counts.keys()].sort((a, b) => a - b);
  const twice = levels.filter((level) => counts.get(level)! > 1);
  let level = twice[0] ?? levels[0] ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const deeper = levels.find((one) => one > level);
    if (deeper === undefined || !areParts(blocks, level, deeper)) return level;
    level = deeper;
  }
}

/** Whether the headings of a level are those of parts, with chapters a level below. */
function areParts(blocks: readonly Block[], level: number, deeper: number): boolean {
  const all = blocks.filter((block) => block.kind === 'heading' && block.level === level);
  const below = blocks.filter((block) => block.kind === 'heading' && block.level === deeper);
  const share = (test: (block: Block) => boolean): number => all.filter(test).length / all.length;
  if (share(isPart) >= 0.5) return true;
  const kindOf = (block: Block): string | undefined => headingShape(block.text)?.kind;
  // Chapters with a heading for each scene or section.
  if (share((block) => kindOf(block) === 'chapter') >= 0.5 || below.every((block) => kindOf(block) === 'number'))
    return false;
  let named = 0;
  for (const [at, block] of blocks.entries()) {
    if (block.kind !== 'heading' || block.level !== level || kindOf(block) === 'named') continue;
    if (!isFollowedBy(blocks, at, deeper)) return false;
    named++;
  }
  return named > 1;
}

function isPart(block: Block): boolean {
  return headingShape(block.text)?.kind === 'part';
}

function isFollowedBy(blocks: readonly Block[], at: number, level: number): boolean {
  const next = blocks.slice(at + 1, at + 6).find(isSpoken);
  return next?.kind === 'heading' && next.level === level;
}

/** By text, the last heading that has it. */
function lastPlaces(blocks: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(blocks.filter(({ kind }) => kind === 'heading').map((block) => [block.text, block]));
}

/** Whether a heading without text belongs to the next one: a part to its chapter, a number to its title. */
function goTogether(head: Block, next: Block, repeated: ReadonlyMap<string, Block>): boolean {
  if (head.text === '' || next.text === '' || repeated.get(head.text) !== head || next.level! < head.level!)
    return false;
  if (next.level! > head.level! || isPart(head)) return !isPart(next) || isPart(head) !== isPart(next);
  const [first, second] = [headingShape(head.text)?.kind, headingShape(next.text)?.kind];
  return first !== second && second !== 'part';
}

function joinedTitle(head: Block, next: Block): string {
  const isNumber = next.level === head.level && /^(?:chapter|number)$/.test(headingShape(head.text)?.kind ?? '');
  const isTitle = headingShape(next.text) === undefined;
  return (isNumber && isTitle ? `${head.text}: ${next.text}` : next.text).replace(/\s+/g, ' ');
}

/** Chapters of one title, such as "1" in each part, get their part's title. */
function distinguished(chapters: readonly (ImportedChapter & { part: string })[]): ImportedChapter[] {
  const counts = new Map<string, number>();
  for (const { title } of chapters) counts.set(title, (counts.get(title) ?? 0) + 1);
  return chapters.map(({ title, part, blocks }) => ({
    title: counts.get(title)! > 1 && part !== '' && part !== title ? `${part}: ${title}` : title,
    blocks,
  }));
}

function firstHeading(blocks: readonly Block[]): string {
  return (blocks.find(({ kind }) => kind === 'heading')?.text ?? '').replace(/\s+/g, ' ');
}
