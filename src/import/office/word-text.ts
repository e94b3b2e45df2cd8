/** Reads the paragraphs of a part of a Word document, in order. Pure. */
import { isRaisedMarkText, raisedDigits, raisedMarks } from '../html/note-shapes.ts';
import type { Block } from '../imported.ts';
import { attribute, type Element, elementsOf, isElement, type Node } from '../markup/markup.ts';
import { leaveOut, type Omission, pass, type SourceSpan, startTape, type Tape } from '../tape.ts';
import {
  contentsField,
  endParagraph,
  isInPageNumber,
  isPageField,
  type OpenField,
  readFieldMark,
} from './word-fields.ts';
import { isContentsList, isHidden, isPlaceholder } from './word-properties.ts';
import { isInPictureFont, symbolText } from './word-symbols.ts';

/** A paragraph with its style. */
export interface WordParagraph {
  element: Element;
  text: string;
  /** Style ID; empty for the default. */
  style: string;
  /** Outline level of its own, from 0. */
  outline: number | undefined;
  source: SourceSpan[];
  /** It is in a text box. */
  isMoved: boolean;
  /** Notes that it has marks for: `w:footnoteReference 2`. */
  notes: string[];
  /** Word writes a number before it, which is no text. */
  isNumbered: boolean;
  /** It is the drawn first letter of the next one (ECMA-376, 17.3.1.11). */
  isDropCap: boolean;
  /** Its end has been deleted: it goes on in the next one. */
  isUnended: boolean;
  /** The table of contents that Word makes and that it is in, whatever its style. */
  listedBy: OpenField | undefined;
}

/** The text of a part. */
export interface WordText {
  paragraphs: WordParagraph[];
  omissions: Omission[];
  letters: number;
}

/** What of ruby is read: the characters, or their reading above them. Default: the characters. */
type Ruby = 'base' | 'reading' | undefined;

/** Reads all paragraphs: those in a text box after the one that the box hangs on. Tracked changes count as accepted. */
export function readWordText(nodes: readonly Node[], part: string, ruby?: Ruby): WordText {
  const reader: Reader = { tape: startTape(part), paragraphs: [], open: [], ruby, fields: [] };
  for (const node of nodes) visit(node, reader);
  const { tape, paragraphs } = reader;
  return { paragraphs, omissions: tape.omissions, letters: tape.at };
}

interface Reader {
  tape: Tape;
  ruby: Ruby;
  paragraphs: WordParagraph[];
  /** The fields that are being read, the outermost first. */
  fields: OpenField[];
  /** The paragraphs that are being read: inside a text box there are two. */
  open: {
    element: Element;
    text: string;
    from: number;
    source: SourceSpan[];
    boxes: WordParagraph[];
    notes: string[];
    listedBy: OpenField | undefined;
  }[];
}

/** Elements whose words are left out, and why. */
const REASONS: Readonly<Record<string, string>> = {
  'mc:fallback': 'copy for old programs',
  'w:del': 'deleted text',
  'w:movefrom': 'deleted text',
  'm:omath': 'formula',
  'a:t': 'text in a drawing',
};
/** Elements that are left out as a whole, besides the paragraphs of text boxes in them. */
const DRAWN = new Set(['w:drawing', 'w:pict', 'w:object']);
/** Properties, the names of fields and marks of comments: no words of the author. */
const NO_TEXT = new Set(['w:ppr', 'w:rpr', 'w:sdtpr', 'w:instrtext', 'w:commentreference']);
const NOTE_MARKS = new Set(['w:footnotereference', 'w:endnotereference']);

function visit(node: Node, reader: Reader): void {
  if (!isElement(node)) return;
  readFieldMark(node, reader.fields);
  if (NO_TEXT.has(node.tagName)) return;
  const { tape } = reader;
  const name = node.tagName;
  const current = reader.open.at(-1);
  const reason = REASONS[name] ?? otherReason(node, reader);
  if (reason !== undefined) {
    const text = wordsIn(node);
    if (text !== '' || name === 'm:omath') leaveOut(tape, reason, text, whereIn(reader));
  } else if (name === 'w:sdt' && isContentsList(node))
    leaveOut(tape, 'table of contents', wordsIn(node), whereIn(reader));
  else if (name === 'w:p') readParagraph(node, reader);
  else if (name === 'w:t' || name === 'm:t') {
    const text = node.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
    if (current === undefined) leaveOut(tape, 'text outside of paragraphs', text);
    else if (isInPageNumber(reader.fields)) leaveOut(tape, 'page number', text, whereIn(reader));
    else readWords(text, current, reader);
  } else if (name === 'w:deltext') leaveOut(tape, 'deleted text', wordsIn(node), whereIn(reader));
  else if (NOTE_MARKS.has(name)) {
    current?.notes.push(`${name} ${attribute(node, 'w:id')}`);
    leaveOut(tape, 'note mark', '', whereIn(reader));
  } else if (name === 'w:tab' || name === 'w:nobreakhyphen') append(current, name === 'w:tab' ? ' ' : '-');
  else if (name === 'w:br' || name === 'w:cr') append(current, '\n');
  else if (name === 'w:sym') readSymbol(node, reader);
  else if (name === 'w:r' && current && (readRaised(node, current, reader) || readOwnMark(node, reader))) return;
  else {
    if (DRAWN.has(name)) leaveOut(tape, 'image', '', whereIn(reader));
    for (const child of node.childNodes) visit(child, reader);
  }
}

/** Reads words, without the note marks in them that are raised digits: `night¹`. */
function readWords(text: string, current: Reader['open'][number], reader: Reader): void {
  current.listedBy ??= contentsField(reader.fields);
  let from = 0;
  for (const { start, end } of raisedMarks(text, current.text)) {
    pass(reader.tape, text.slice(from, start));
    current.text += text.slice(from, start);
    leaveOut(reader.tape, 'note mark', text.slice(start, end), whereIn(reader));
    from = end;
  }
  pass(reader.tape, text.slice(from));
  current.text += text.slice(from);
}

/** A mark that the author chose for a note, which follows its reference (ECMA-376, 17.11.7). */
function readOwnMark(run: Element, reader: Reader): boolean {
  const at = run.childNodes.findIndex(
    (node) =>
      isElement(node) && NOTE_MARKS.has(node.tagName) && /^(?:1|true|on)$/.test(attribute(node, 'w:custommarkfollows')),
  );
  if (at < 0) return false;
  for (const child of run.childNodes.slice(0, at + 1)) visit(child, reader);
  const mark = run.childNodes
    .slice(at + 1)
    .map(wordsIn)
    .join('');
  if (mark !== '') leaveOut(reader.tape, 'note mark', mark, whereIn(reader));
  return true;
}

function otherReason(element: Element, { ruby }: Reader): string | undefined {
  const name = element.tagName;
  if (name === 'w:fldsimple' && isPageField(attribute(element, 'w:instr'))) return 'page number';
  if (name === 'w:sdt' && isPlaceholder(element)) return 'placeholder';
  if (name === 'w:r' && isInPictureFont(element)) return 'sign of a symbol font';
  if (name === 'w:rt' && ruby !== 'reading') return 'ruby reading';
  if (name === 'w:rubybase' && ruby === 'reading') return 'ruby base';
  return name === 'w:r' && isHidden(element) ? 'hidden text' : undefined;
}

/** Reads a number above or below the line: as a note mark, or as raised digits, so that 10⁶ is not read as 106. */
function readRaised(run: Element, current: Reader['open'][number], reader: Reader): boolean {
  const properties = run.childNodes.find((node) => isElement(node, 'w:rpr'));
  if (properties === undefined || !isElement(properties)) return false;
  const of = (name: string): string => {
    const found = elementsOf(properties, name).next();
    return found.done ? '' : attribute(found.value, 'w:val');
  };
  const style = of('w:rstyle');
  const place = of('w:vertalign') || (/^(?:foot|end)notereference$|superscript/i.test(style) ? 'superscript' : '');
  const words = run.childNodes.filter((node) => node !== properties && isElement(node));
  if (!/^(?:super|sub)script$/.test(place) || !words.every((node) => isElement(node, 'w:t'))) return false;
  const text = words.map(wordsIn).join('');
  // "word¹,²": what stands between two marks belongs to them.
  if (place === 'superscript' && /^[,;–-]$/.test(text.trim())) return true;
  if (place === 'superscript' && isRaisedMarkText(text.trim(), current.text.trimEnd())) {
    leaveOut(reader.tape, 'note mark', text, whereIn(reader));
    return true;
  }
  const digits = raisedDigits(text.trim(), place === 'superscript' ? 'raised' : 'lowered');
  if (digits === undefined) return false;
  pass(reader.tape, text);
  current.text += digits;
  return true;
}

/** A letter that Word writes as a sign of a font is read; a picture in a font is not. */
function readSymbol(element: Element, reader: Reader): void {
  const { tape } = reader;
  const current = reader.open.at(-1);
  const text = symbolText(attribute(element, 'w:font'), attribute(element, 'w:char'));
  if (text === undefined || current === undefined) leaveOut(tape, 'sign of a symbol font', text ?? '', whereIn(reader));
  else {
    pass(tape, text);
    current.text += text;
  }
}

function append(current: Reader['open'][number] | undefined, text: string): void {
  if (current) current.text += text;
}

function readParagraph(element: Element, reader: Reader): void {
  const { tape } = reader;
  const outer = reader.open.at(-1);
  if (outer) outer.source.push({ part: tape.part, start: outer.from, end: tape.at });
  const opened = {
    element,
    text: '',
    from: tape.at,
    source: [] as SourceSpan[],
    boxes: [] as WordParagraph[],
    notes: [] as string[],
    listedBy: undefined as OpenField | undefined,
  };
  reader.open.push(opened);
  for (const child of element.childNodes) visit(child, reader);
  reader.open.pop();
  endParagraph(reader.fields);
  opened.source.push({ part: tape.part, start: opened.from, end: tape.at });
  if (outer) outer.from = tape.at;
  const paragraph = {
    ...propertiesOf(element),
    element,
    text: opened.text,
    source: opened.source,
    isMoved: outer !== undefined,
    notes: opened.notes,
    listedBy: opened.listedBy,
  };
  const list = outer ? outer.boxes : reader.paragraphs;
  list.push(paragraph, ...opened.boxes);
}

function propertiesOf(
  element: Element,
): Pick<WordParagraph, 'style' | 'outline' | 'isNumbered' | 'isDropCap' | 'isUnended'> {
  const properties = element.childNodes.find((child) => isElement(child, 'w:ppr'));
  const ofMark =
    properties && isElement(properties) ? properties.childNodes.find((child) => isElement(child, 'w:rpr')) : undefined;
  const first = (name: string, value = 'w:val'): string | undefined => {
    if (properties === undefined || !isElement(properties)) return undefined;
    const found = elementsOf(properties, name).next();
    return found.done ? undefined : attribute(found.value, value);
  };
  const outline = first('w:outlinelvl');
  return {
    style: first('w:pstyle') ?? '',
    outline: outline === undefined ? undefined : Number(outline),
    isNumbered: !/^0?$/.test(first('w:numid') ?? ''),
    isUnended:
      ofMark !== undefined &&
      isElement(ofMark) &&
      ofMark.childNodes.some((one) => isElement(one, 'w:del', 'w:movefrom')),
    isDropCap: /^(?:drop|margin)$/.test(first('w:framepr', 'w:dropcap') ?? ''),
  };
}

function whereIn({ tape, paragraphs, open }: Reader): string {
  return `${tape.part}, paragraph ${paragraphs.length + (open.length > 0 ? 1 : 0)}`;
}

/** All words in an element: of runs, deleted runs, formulas and drawings. */
function wordsIn(node: Node): string {
  if (!isElement(node)) return '';
  if (node.tagName === 'w:sym') return symbolText(attribute(node, 'w:font'), attribute(node, 'w:char')) ?? '';
  if (/:(?:t|deltext)$/.test(node.tagName))
    return node.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
  return node.childNodes.map(wordsIn).join('');
}

/** A paragraph as a block; undefined for an empty one. */
export function blockOf(
  { text, source, isMoved }: Pick<WordParagraph, 'text' | 'source' | 'isMoved'>,
  level: number | undefined,
): Block | undefined {
  const folded = text
    .replace(/[ \t]+/g, ' ')
    .replace(/ *\n */g, '\n')
    .trim();
  if (folded === '') return undefined;
  if (/^(?:[*#~•·⁂※–—-]\s*){1,9}$/u.test(folded)) return { kind: 'scene', text: '' };
  const of = { text: folded, source, ...(isMoved && { isMoved }) };
  return level === undefined ? { kind: 'text', ...of } : { kind: 'heading', level, ...of };
}
