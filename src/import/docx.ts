import type { Archive } from './archive.ts';
import { chaptersByHeadings } from './headings.ts';
import type { Block, ImportReading } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup, textOf } from './markup.ts';

/**
 * Reads a Word document: paragraphs with their heading levels, tracked changes as if accepted. Chapters begin at headings;
 * notes, comments, pictures and fields are left out and said so.
 */
export function readDocx(archive: Archive): ImportReading {
  const text = archive.text('word/document.xml');
  if (text === undefined) {
    const message = 'This is an archive, but no Word document is in it.';
    return { problem: { code: 'not-a-docx', message, fix: 'Save it as .docx from the word processor again.' } };
  }
  const levels = headingLevels(archive.text('word/styles.xml') ?? '');
  const left = new Map<string, number>();
  const blocks = [...paragraphsIn(parseMarkup(text).children)].flatMap((paragraph) => blockOf(paragraph, levels, left));
  const { chapters, notes } = chaptersByHeadings(blocks);
  if (chapters.length === 0) {
    const message = 'This document has no text that could be read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  for (const [kind, count] of left) notes.push(`Left out: ${count} ${count === 1 ? kind : `${kind}s`}.`);
  const core = parseMarkup(archive.text('docProps/core.xml') ?? '');
  const property = (name: string): string => [...elementsOf(core, name)].map(textOf)[0] ?? '';
  const author = property('dc:creator');
  const language = property('dc:language');
  return {
    book: { title: property('dc:title'), ...(author && { author }), ...(language && { language }), chapters, notes },
  };
}

/** All paragraphs, those of text boxes too; not the second copy of a text box that is there for old programs. */
function* paragraphsIn(nodes: readonly Node[]): Generator<Element> {
  for (const node of nodes) {
    if (!isElement(node) || ['mc:fallback', 'w:del', 'w:movefrom'].includes(node.tagName)) continue;
    if (node.tagName === 'w:p') yield node;
    yield* paragraphsIn(node.childNodes);
  }
}

/** Style id → heading level, by the styles' names: ids are translated, names are not. */
function headingLevels(styles: string): Map<string, number> {
  const levels = new Map<string, number>();
  for (const style of elementsOf(parseMarkup(styles), 'w:style')) {
    const name = [...elementsOf(style, 'w:name')].map((element) => attribute(element, 'w:val'))[0] ?? '';
    const level = /^heading ([1-9])$/i.exec(name)?.[1];
    if (level !== undefined) levels.set(attribute(style, 'w:styleid'), Number(level));
  }
  return levels;
}

function blockOf(paragraph: Element, levels: ReadonlyMap<string, number>, left: Map<string, number>): Block[] {
  const text = runsOf(paragraph, left)
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .trim();
  if (text === '') return [];
  if (/^(?:[*#~•·⁂※–—-]\s*){1,9}$/u.test(text)) return [{ kind: 'scene', text: '' }];
  const style = [...elementsOf(paragraph, 'w:pstyle')].map((element) => attribute(element, 'w:val'))[0] ?? '';
  const outline = [...elementsOf(paragraph, 'w:outlinelvl')].map((element) => attribute(element, 'w:val'))[0];
  const level =
    levels.get(style) ??
    Number(/^heading([1-9])$/i.exec(style)?.[1] ?? (outline === undefined ? 0 : Number(outline) + 1));
  return [level >= 1 && level <= 9 ? { kind: 'heading', text, level } : { kind: 'text', text }];
}

/** Parts of a paragraph that are no text of it; `w:p` inside a paragraph is a text box, which is a paragraph of its own. */
const NOT_TEXT = [
  'w:del',
  'w:movefrom',
  'w:instrtext',
  'w:ppr',
  'w:rpr',
  'w:p',
  'mc:fallback',
  'w:deltext',
  'w:commentreference',
  'w:sdtpr',
];
const LEFT_OUT: Readonly<Record<string, string>> = {
  'w:footnotereference': 'note',
  'w:endnotereference': 'note',
  'w:drawing': 'picture',
  'w:pict': 'picture',
  'w:object': 'picture',
  'm:omath': 'formula',
};

function runsOf(element: Element, left: Map<string, number>): string {
  let text = '';
  for (const child of element.childNodes) {
    if (!isElement(child)) continue;
    const name = child.tagName;
    const kind = LEFT_OUT[name];
    if (kind !== undefined) left.set(kind, (left.get(kind) ?? 0) + 1);
    else if (name === 'w:r' && isHidden(child)) continue;
    else if (name === 'w:t') text += child.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
    else if (name === 'w:tab' || name === 'w:nobreakhyphen') text += name === 'w:tab' ? ' ' : '-';
    else if (name === 'w:br' || name === 'w:cr') text += '\n';
    else if (!NOT_TEXT.includes(name)) text += runsOf(child, left);
  }
  return text;
}

/** Text that the author has hidden in the word processor. */
function isHidden(run: Element): boolean {
  const properties = run.childNodes.find((node) => isElement(node, 'w:rpr'));
  return properties !== undefined && isElement(properties) && elementsOf(properties, 'w:vanish').next().done === false;
}
