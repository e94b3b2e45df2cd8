/** Foot and end notes, comments, headers and footers of a Word document. Pure. */

import type { Block } from '../imported.ts';
import { leaveOutBlocks } from '../left-out.ts';
import { wholeXml } from '../markup/damage.ts';
import { attribute, elementsOf, type Node, parseMarkup } from '../markup/markup.ts';
import { type Omission, type SourceSpan, sampleOf } from '../tape.ts';
import type { Archive } from '../zip/archive.ts';
import type { WordParts } from './word-parts.ts';
import { blockOf, readWordText } from './word-text.ts';

/** The notes, each to be read once at most. */
export interface WordNotes {
  /** The paragraphs of the note that a mark leads to; empty when notes are left out, or when it has been read. */
  take(mark: string): Block[];
  /** What is read nowhere. */
  leftOver(): Omission[];
}

/** Reads all parts besides the main one. `end`: notes can be taken for the end of their paragraph. */
export function readWordNotes(archive: Archive, parts: WordParts, notes: 'leave' | 'end'): WordNotes {
  const kept = new Map<string, Block[]>();
  let omissions: Omission[] = [];
  const read = (name: string, reason: string, kind?: 'footnote' | 'endnote'): void => {
    const { children } = parseMarkup(wholeXml(archive.text(name) ?? '', name));
    if (kind !== undefined && notes === 'end') {
      const part = readWordText(children, name);
      omissions = [...omissions, ...part.omissions];
      for (const [id, blocks] of blocksById(children, kind, name)) kept.set(`w:${kind}reference ${id}`, blocks);
    } else omissions = [...omissions, ...leftOutPart({ children, name, reason, kind })];
  };
  for (const name of parts.footnotes) read(name, 'note', 'footnote');
  for (const name of parts.endnotes) read(name, 'note', 'endnote');
  for (const { name, reason } of parts.others) read(name, reason);
  return {
    take(mark) {
      const blocks = kept.get(mark) ?? [];
      kept.delete(mark);
      return blocks;
    },
    leftOver() {
      for (const blocks of kept.values()) omissions = leaveOutBlocks(omissions, blocks, { reason: 'note' });
      return omissions;
    },
  };
}

/** The notes of a part by their IDs, with the places of their letters in the part. */
function* blocksById(children: Node[], kind: string, name: string): Generator<[id: string, blocks: Block[]]> {
  let before = 0;
  for (const element of elementsOf({ children }, `w:${kind}`)) {
    const { paragraphs, letters } = readWordText([element], name);
    const shift = (span: SourceSpan): SourceSpan => ({ ...span, start: span.start + before, end: span.end + before });
    const blocks = paragraphs.flatMap((paragraph): Block[] => {
      const block = blockOf({ ...paragraph, source: paragraph.source.map(shift), isMoved: true }, undefined);
      return block && block.kind === 'text' ? [block] : [];
    });
    before += letters;
    yield [attribute(element, 'w:id'), blocks];
  }
}

/** A part that is left out: each of its notes, or the whole of it. */
function leftOutPart(of: { children: Node[]; name: string; reason: string; kind: string | undefined }): Omission[] {
  const { children, name, reason, kind } = of;
  const elements = kind === undefined ? [] : [...elementsOf({ children }, `w:${kind}`)];
  const pieces = elements.length > 0 ? elements.map((element): Node[] => [element]) : [children];
  let before = 0;
  return pieces.flatMap((nodes) => {
    const { paragraphs, letters } = readWordText(nodes, name);
    const span = { part: name, start: before, end: before + letters };
    before += letters;
    const sample = sampleOf(paragraphs.find(({ text }) => text.trim() !== '')?.text ?? '');
    return letters === 0 ? [] : [{ ...span, reason, where: name, sample }];
  });
}
