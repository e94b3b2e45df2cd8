import { type Context, fieldsOf } from '../diagnostics/context.ts';
import { emptyOffsetMap, noteOffset, type OffsetMap, sourceOffset } from '../yaml/offsets.ts';
import type { FieldPath } from '../yaml/places.ts';
import { lastAtMost } from '../yaml/position.ts';
import { scalarOffsets } from '../yaml/scalar-offsets.ts';
import { NARRATOR, nameProblem } from './names.ts';
import { BAD_TAKE_NUMBER, isTakeNumber } from './take-number.ts';

/**
 * Turns a chapter's list of `character: text` items into equivalent text, with a tag before each paragraph, and a map from
 * each of its characters to the manifest. A plain item is copied: the narrator's text, or a tag such as [scene].
 * `audio: path` in an item names the author's own recording of it, `take: 2` another take.
 */
export function readLines({ items, path, context }: { items: readonly unknown[]; path: FieldPath; context: Context }): {
  text: string;
  offsets: OffsetMap;
} {
  const out: LineText = { parts: [], length: 0, offsets: emptyOffsetMap() };
  for (const [index, item] of items.entries()) {
    const at = [...path, index];
    if (typeof item === 'string') addItem({ out, text: item, at, tag: undefined, context });
    else
      for (const part of itemOf(item, at, context)) {
        if (part.pickup !== undefined) addPickup({ out, text: part.text, pickup: part.pickup, at, context });
        const before = part.retake === undefined ? undefined : { text: `[take ${part.retake}] `, at: [...at, RETAKE] };
        addItem({ out, at: [...at, part.name], tag: part.name, text: part.text, context, ...(before && { before }) });
      }
  }
  return { text: out.parts.join(''), offsets: out.offsets };
}

interface LineText {
  parts: string[];
  length: number;
  offsets: OffsetMap;
}

/** The field of an item with the path of its recording. */
const PICKUP = 'audio';
/** The field with the number of its take. A character may have this name, too: then its item has no other field. */
const RETAKE = 'take';

interface Item {
  name: string;
  text: string;
  pickup?: string;
  retake?: number;
}

function itemOf(item: unknown, path: FieldPath, context: Context): Item[] {
  const { [PICKUP]: pickup, ...lines } = fieldsOf(item);
  const isSpeaker = typeof lines[RETAKE] === 'string' && Object.keys(lines).length === 1;
  const isRetake = RETAKE in lines && !isSpeaker;
  const retake = lines[RETAKE];
  const fields = Object.entries(lines).filter(([name]) => name !== RETAKE || isSpeaker);
  if (pickup !== undefined && fields.length === 0) {
    const message = 'This recording has no line.';
    const fix = 'Write "- narrator: The words." and "audio: …" below it with the same indentation.';
    context.note({ path: [...path, PICKUP], on: 'key', code: 'pickup-without-line', message, fix });
  } else if (isRetake && !fields.some(([, text]) => typeof text === 'string' && WORDS.test(text))) {
    const message = 'This take has no line.';
    const fix = 'Write "- narrator: The words." and "take: 2" below it with the same indentation.';
    context.note({ path: [...path, RETAKE], on: 'key', code: 'take-without-line', message, fix });
  } else if (isRetake && !isTakeNumber(retake)) {
    context.note({ path: [...path, RETAKE], on: 'value', code: 'bad-take', ...BAD_TAKE_NUMBER });
  }
  if (fields.length > 1) {
    const fix = 'Begin each with "- " to fix their order.';
    context.note({ path, on: 'value', code: 'two-speakers', message: 'This item has two characters.', fix });
  }
  return fields.flatMap(([name, text]) => {
    const said = name.split(/[:：]/)[0]!.trim();
    const problem =
      nameProblem(said) ?? (/[[\]【】［］\n\r]/.test(name) ? 'contains a bracket or a line break' : undefined);
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
    if (problem || typeof text !== 'string') return [];
    const recorded = typeof pickup === 'string' && { pickup: pickup.trim() };
    return [{ name, text, ...recorded, ...(isRetake && isTakeNumber(retake) && { retake }) }];
  });
}

/** Writes the [audio: …] tag; the item's own tag and words follow in the same paragraph. */
function addPickup(of: { out: LineText; text: string; pickup: string; at: FieldPath; context: Context }): void {
  const { out, text, pickup, at, context } = of;
  const path = [...at, PICKUP];
  if (/[[\]【】［］\n\r]/.test(pickup) || pickup === '') {
    const message = pickup === '' ? 'This recording has no path.' : 'This path contains a bracket or a line break.';
    context.note({ path, on: 'value', code: 'bad-path', message, fix: 'Name the file with plain characters.' });
    return;
  }
  if (PARAGRAPH_END.test(text.trim())) {
    const message = 'A recording replaces one paragraph, but this item has several.';
    context.note({ path, on: 'key', code: 'pickup-too-much', message, fix: 'Put each paragraph in its own item.' });
    return;
  }
  const node = context.places.scalar(path);
  const start = node ? sourceOffset(scalarOffsets(node, context.text), 0) : 0;
  add(out, '[audio: ', context.places.scalarKey(path) ?? start);
  add(out, pickup, start);
  add(out, '] ', start + pickup.length);
}

const WORDS = /[\p{L}\p{N}]/u;
const PARAGRAPH_END = /(?:\r\n|\n|\r)(?:[^\S\n\r]*(?:\r\n|\n|\r))+/;

function addItem({
  out,
  text,
  at,
  tag,
  before,
  context,
}: {
  out: LineText;
  text: string;
  at: FieldPath;
  tag: string | undefined;
  /** A tag before that of each paragraph, and where it comes from. */
  before?: { text: string; at: FieldPath };
  context: Context;
}): void {
  const node = context.places.scalar(at);
  const offsets = node ? scalarOffsets(node, context.text) : emptyOffsetMap();
  const keyAt = tag === undefined ? undefined : context.places.scalarKey(at);
  let from = 0;
  // A tag only reaches to the next blank line, so every paragraph gets its own.
  for (const part of text.split(/((?:\r\n|\n|\r)(?:[^\S\n\r]*(?:\r\n|\n|\r))+)/)) {
    if (part.trim() !== '' && tag !== undefined) {
      const start = keyAt ?? sourceOffset(offsets, from);
      // A paragraph without letters or digits joins the words beside it.
      if (before && WORDS.test(part)) add(out, before.text, context.places.scalarKey(before.at) ?? start);
      add(out, '[', start);
      add(out, tag, start);
      add(out, '] ', start + tag.length);
    }
    addMapped(out, part, from, offsets);
    from += part.length;
  }
  add(out, '\n\n', sourceOffset(offsets, text.length));
}

function add(out: LineText, text: string, source: number): void {
  noteOffset(out.offsets, out.length, source);
  out.parts.push(text);
  out.length += text.length;
}

/** Adds a part of a value and the break points of its map. */
function addMapped(out: LineText, part: string, from: number, offsets: OffsetMap): void {
  if (part === '') return;
  noteOffset(out.offsets, out.length, sourceOffset(offsets, from));
  // Only the points of this part: a value may have as many parts as points.
  for (let index = offsets.at.length === 0 ? 0 : lastAtMost(offsets.at, from) + 1; index < offsets.at.length; index++) {
    const at = offsets.at[index]!;
    if (at >= from + part.length) break;
    if (at > from) noteOffset(out.offsets, out.length + at - from, offsets.source[index]!);
  }
  out.parts.push(part);
  out.length += part.length;
}
