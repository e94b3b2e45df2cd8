/** Other names in the tags of a text: the smallest change of each, and nothing else. Pure. */
import type { TextEdit } from '../lines/edit-line.ts';
import type { WrittenPart } from '../text/written-paragraphs.ts';

/** A part of a text, and who is to speak it. */
export interface NamedPart {
  part: Pick<WrittenPart, 'tag' | 'tagEnd'>;
  /** A name that a tag may have; `?` opens the question again. */
  name: string;
}

/** The name in a tag as it is written, without its direction. */
export function writtenName(text: string, { tag, tagEnd }: NamedPart['part']): string {
  const [start, end] = namePlace(text, tag, tagEnd);
  return text.slice(start, end);
}

/** The edits that write all names, in order. Brackets, a direction and spaces stay. */
export function namingEdits(text: string, named: readonly NamedPart[]): TextEdit[] {
  return named
    .map(({ part, name }) => {
      const [start, end] = namePlace(text, part.tag, part.tagEnd);
      return { start, end, insert: name };
    })
    .sort((a, b) => a.start - b.start);
}

/** Several edits as one, from the first to the last; what is between them stays as it is. Undefined for none. */
export function joinedEdits(text: string, edits: readonly TextEdit[]): TextEdit | undefined {
  const [first] = edits;
  const last = edits.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const insert = edits.map((edit, index) => edit.insert + text.slice(edit.end, edits[index + 1]?.start ?? edit.end));
  return { start: first.start, end: last.end, insert: insert.join('') };
}

/** Between the brackets, up to a colon, without the spaces around it. */
function namePlace(text: string, tag: number, tagEnd: number): [start: number, end: number] {
  const inside = text.slice(tag + 1, tagEnd - 1);
  const colon = inside.search(/[:：]/);
  const written = colon < 0 ? inside : inside.slice(0, colon);
  const start = tag + 1 + (/^\s*/.exec(written)?.[0].length ?? 0);
  return [start, Math.max(start, tag + 1 + written.trimEnd().length)];
}
