import type { Archive } from './archive.ts';
import { chaptersByHeadings } from './headings.ts';
import type { Block, ImportReading } from './imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node, parseMarkup, textOf } from './markup.ts';

/**
 * Reads a Word document: paragraphs with their heading levels, with tracked changes accepted. Chapters begin at headings;
 * notes, comments, images and fields are left out and reported.
 */
export function readDocx(archive: Archive): ImportReading {
  const text = archive.text('word/document.xml');
  if (text === undefined) {
    const message = 'This archive contains no Word document.';
    return { problem: { code: 'not-a-docx', message, fix: 'Save it again as .docx in the word processor.' } };
  }
  const levels = headingLevels(archive.text('word/styles.xml') ?? '');
  const omitted = new Map<string, number>();
  const blocks = [...paragraphsIn(parseMarkup(text).children)].flatMap((paragraph) =>
    blockOf(paragraph, levels, omitted),
  );
  const { chapters, notes } = chaptersByHeadings(blocks);
  if (chapters.length === 0) {
    const message = 'This document has no text to read aloud.';
    return { problem: { code: 'no-text', message, fix: 'Check that it is the right file.' } };
  }
  for (const [kind, count] of omitted) notes.push(`Left out: ${count} ${count === 1 ? kind : `${kind}s`}.`);
  const core = parseMarkup(archive.text('docProps/core.xml') ?? '');
  const property = (name: string): string => [...elementsOf(core, name)].map((element) => textOf(element))[0] ?? '';
  const author = property('dc:creator');
  const language = property('dc:language');
  return {
    book: { title: property('dc:title'), ...(author && { author }), ...(language && { language }), chapters, notes },
  };
}

/** All paragraphs, including those in text boxes, but not the fallback copy of a text box for old programs. */
function* paragraphsIn(nodes: readonly Node[]): Generator<Element> {
  for (const node of nodes) {
    if (!isElement(node) || ['mc:fallback', 'w:del', 'w:movefrom'].includes(node.tagName)) continue;
    if (node.tagName === 'w:p') yield node;
    yield* paragraphsIn(node.childNodes);
  }
}

/** Style ID → heading level, by style name: IDs are localized, names are not. */
function headingLevels(styles: string): Map<string, number> {
  const levels = new Map<string, number>();
  for (const style of elementsOf(parseMarkup(styles), 'w:style')) {
    const name = [...elementsOf(style, 'w:name')].map((element) => attribute(element, 'w:val'))[0] ?? '';
    const level = /^heading ([1-9])$/i.exec(name)?.[1];
    if (level !== undefined) levels.set(attribute(style, 'w:styleid'), Number(level));
  }
  return levels;
}

function blockOf(paragraph: Element, levels: ReadonlyMap<string, number>, omitted: Map<string, number>): Block[] {
  const text = runsOf(paragraph, omitted)
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

/** Elements of a paragraph that are not its text; a nested `w:p` is a text box, which is a separate paragraph. */
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
const OMITTED: Readonly<Record<string, string>> = {
  'w:footnotereference': 'note',
  'w:endnotereference': 'note',
  'w:drawing': 'image',
  'w:pict': 'image',
  'w:object': 'image',
  'm:omath': 'formula',
};

function runsOf(element: Element, omitted: Map<string, number>): string {
  let text = '';
  for (const child of element.childNodes) {
    if (!isElement(child)) continue;
    const name = child.tagName;
    const kind = OMITTED[name];
    if (kind !== undefined) omitted.set(kind, (omitted.get(kind) ?? 0) + 1);
    else if (name === 'w:r' && isHidden(child)) continue;
    else if (name === 'w:t') text += child.childNodes.map((node) => ('value' in node ? node.value : '')).join('');
    else if (name === 'w:tab' || name === 'w:nobreakhyphen') text += name === 'w:tab' ? ' ' : '-';
    else if (name === 'w:br' || name === 'w:cr') text += '\n';
    else if (!NOT_TEXT.includes(name)) text += runsOf(child, omitted);
  }
  return text;
}

/** Whether the author has hidden this text in the word processor. */
function isHidden(run: Element): boolean {
  const properties = run.childNodes.find((node) => isElement(node, 'w:rpr'));
  return properties !== undefined && isElement(properties) && elementsOf(properties, 'w:vanish').next().done === false;
}
