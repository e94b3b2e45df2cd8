import { type Context, fieldsOf } from './context.ts';
import { NARRATOR, nameProblem } from './names.ts';
import { emptyOffsetMap, noteOffset, type OffsetMap, sourceOffset } from './offsets.ts';
import type { Path } from './places.ts';
import { scalarOffsets } from './scalar-offsets.ts';

/**
 * Turns a chapter's list of `character: text` items into the text that would say the same, with a tag before each
 * paragraph, and a map from each of its characters to the manifest. A plain item is text as it stands: the narrator's, or
 * a tag such as [scene].
 */
export function readLines({ items, path, context }: { items: readonly unknown[]; path: Path; context: Context }): {
  text: string;
  offsets: OffsetMap;
} {
  const out: Out = { parts: [], length: 0, offsets: emptyOffsetMap() };
  for (const [index, item] of items.entries()) {
    const at = [...path, index];
    if (typeof item === 'string') addItem({ out, text: item, at, tag: undefined, context });
    else
      for (const part of itemOf(item, at, context))
        addItem({ out, at: [...at, part.name], tag: part.name, text: part.text, context });
  }
  return { text: out.parts.join(''), offsets: out.offsets };
}

interface Out {
  parts: string[];
  length: number;
  offsets: OffsetMap;
}

function itemOf(item: unknown, path: Path, context: Context): { name: string; text: string }[] {
  const fields = Object.entries(fieldsOf(item));
  if (fields.length > 1) {
    const fix = 'Begin each with "- ", so that their order is certain.';
    context.note({ path, on: 'value', code: 'two-speakers', message: 'Two characters are in one item.', fix });
  }
  return fields.flatMap(([name, text]) => {
    const said = name.split(/[:：]/)[0]!.trim();
    const problem = nameProblem(said) ?? (/[[\]【】\n\r]/.test(name) ? 'has a bracket or a line end in it' : undefined);
    if (problem) {
      const fix = `Write the name of a character before the colon, or put the whole item in quotes for the ${NARRATOR}.`;
      context.note({
        path: [...path, name],
        on: 'key',
        code: 'bad-name',
        message: `"${said.slice(0, 60)}" ${problem}.`,
        fix,
      });
    }
    return problem || typeof text !== 'string' ? [] : [{ name, text }];
  });
}

function addItem({
  out,
  text,
  at,
  tag,
  context,
}: {
  out: Out;
  text: string;
  at: Path;
  tag: string | undefined;
  context: Context;
}): void {
  const node = context.places.scalar(at);
  const offsets = node ? scalarOffsets(node, context.text) : emptyOffsetMap();
  const keyAt = tag === undefined ? undefined : context.places.scalarKey(at);
  let from = 0;
  // Every paragraph of an item is the same speaker's, and a tag reaches to the next blank line only.
  for (const part of text.split(/((?:\r\n|\n|\r)(?:[^\S\n\r]*(?:\r\n|\n|\r))+)/)) {
    if (part.trim() !== '' && tag !== undefined) {
      const start = keyAt ?? sourceOffset(offsets, from);
      add(out, '[', start);
      add(out, tag, start);
      add(out, '] ', start + tag.length);
    }
    addMapped(out, part, from, offsets);
    from += part.length;
  }
  add(out, '\n\n', sourceOffset(offsets, text.length));
}

function add(out: Out, text: string, source: number): void {
  noteOffset(out.offsets, out.length, source);
  out.parts.push(text);
  out.length += text.length;
}

/** Adds a part of a value, with every break point that the value's own map has in it. */
function addMapped(out: Out, part: string, from: number, offsets: OffsetMap): void {
  if (part === '') return;
  noteOffset(out.offsets, out.length, sourceOffset(offsets, from));
  for (const [index, at] of offsets.at.entries()) {
    if (at > from && at < from + part.length) noteOffset(out.offsets, out.length + at - from, offsets.source[index]!);
  }
  out.parts.push(part);
  out.length += part.length;
}
