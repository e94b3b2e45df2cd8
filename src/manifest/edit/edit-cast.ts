/** Makes several characters of a manifest one, with the names of the others as aliases; every other byte stays. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import { nameKey } from '../fields/names.ts';
import { lineIndex } from '../yaml/position.ts';
import { readYaml } from '../yaml/yaml.ts';

/** What a character may have besides and still be merged: its voice goes, everything else is for a person to decide. */
const GOES = new Set(['sample', 'voice', 'transcript', 'aliases']);

/** Why characters are not merged: nobody has that name, one has fields of its own, or the text is written in another way. */
export type NotMerged = { unknown: string } | { hasFields: string; fields: string[] } | 'by-hand';

/**
 * The text in which the characters `names` are aliases of `into`; their comments and voices are gone. The names are those of
 * the manifest, as it writes them.
 */
export function withMergedCast(
  text: string,
  { names, into }: { names: readonly string[]; into: string },
): { text: string } | NotMerged {
  const before = documentOf(text);
  const characters = before && isMap(before.contents) ? mapIn(before.contents, 'characters') : undefined;
  if (before === undefined || characters === undefined) return 'by-hand';
  const values = (before.value as { characters: Record<string, Record<string, unknown>> }).characters;
  for (const name of [into, ...names]) if (pairOf(characters, name) === undefined) return { unknown: name };
  const going = names.filter((name) => name !== into);
  for (const name of going) {
    const fields = Object.keys(values[name] ?? {}).filter((field) => !GOES.has(field));
    if (fields.length > 0) return { hasFields: name, fields };
  }
  const kept = pairOf(characters, into)?.value;
  if (characters.flow || !isMap(kept)) return 'by-hand';
  const aliases = newAliases(values, { going, into });
  const edits = [...going.map((name) => removal(text, pairOf(characters, name)!)), addition(text, kept, aliases)];
  if (edits.some((edit) => edit === undefined)) return 'by-hand';
  const edited = (edits as Edit[])
    .sort((a, b) => b.start - a.start)
    .reduce((now, { start, end, insert }) => now.slice(0, start) + insert + now.slice(end), text);
  const expected = { ...values, [into]: { ...values[into], aliases: [...aliasesOf(values[into]), ...aliases] } };
  for (const name of going) delete expected[name];
  // The proof: exactly this differs, whatever anchors, merges or quotes the text has.
  const after = documentOf(edited);
  return isDeepStrictEqual(after?.value, { ...(before.value as object), characters: expected })
    ? { text: edited }
    : 'by-hand';
}

interface Edit {
  start: number;
  end: number;
  insert: string;
}

function newAliases(
  values: Record<string, Record<string, unknown>>,
  { going, into }: { going: readonly string[]; into: string },
): string[] {
  const known = new Set([into, ...aliasesOf(values[into])].map(nameKey));
  return going
    .flatMap((name) => [name, ...aliasesOf(values[name])])
    .filter((name) => !known.has(nameKey(name)) && known.add(nameKey(name)));
}

function aliasesOf(character: Record<string, unknown> | undefined): string[] {
  const aliases = character?.['aliases'];
  return Array.isArray(aliases) ? aliases.map(String) : [];
}

/** The lines of a character, with the comment right above it. */
function removal(text: string, { key }: Pair): Edit | undefined {
  if (!isScalar(key) || !key.range) return undefined;
  const indent = indentAt(text, key.range[0]);
  if (indent === undefined) return undefined;
  const lines = linesOf(text);
  const at = lines.findIndex(({ start, end }) => key.range![0] >= start && key.range![0] < end);
  let first = at;
  while (first > 0 && new RegExp(`^${indent}#`).test(lines[first - 1]!.text)) first--;
  let last = at;
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next]!.text;
    if (line.trim() === '') continue;
    if (!line.startsWith(`${indent} `)) break;
    last = next;
  }
  return { start: lines[first]!.start, end: lines[last]!.end, insert: '' };
}

function addition(text: string, kept: YAMLMap, aliases: readonly string[]): Edit | undefined {
  if (aliases.length === 0) return { start: 0, end: 0, insert: '' };
  const list = kept.items.find(({ key }) => isScalar(key) && key.value === 'aliases')?.value;
  const written = aliases.map(scalarOf);
  if (list === undefined) {
    const first = kept.items[0]?.key;
    if (!isScalar(first) || !first.range) return undefined;
    const [start] = first.range;
    const field = `aliases: [${written.join(', ')}]`;
    if (kept.flow) return { start, end: start, insert: `${field}, ` };
    const indent = indentAt(text, start);
    return indent === undefined ? undefined : { start, end: start, insert: `${field}${lineEndOf(text)}${indent}` };
  }
  if (!isSeq(list) || !list.range) return undefined;
  const last = list.items.at(-1);
  if (list.flow) {
    const end = isScalar(last) && last.range ? last.range[1] : list.range[0] + 1;
    return { start: end, end, insert: `${list.items.length > 0 ? ', ' : ''}${written.join(', ')}` };
  }
  if (!isScalar(last) || !last.range) return undefined;
  const line = linesOf(text).find(({ start, end }) => last.range![0] >= start && last.range![0] < end);
  const dash = line && /^(\s*-\s+)/.exec(line.text)?.[1];
  if (line === undefined || dash === undefined) return undefined;
  const ended = /[\r\n]$/.test(line.text) ? '' : lineEndOf(text);
  return {
    start: line.end,
    end: line.end,
    insert: ended + written.map((name) => `${dash}${name}${lineEndOf(text)}`).join(''),
  };
}

/** Plain where that is safe in a list. */
function scalarOf(name: string): string {
  const isPlain = /^\p{L}[\p{L}\p{N} .'’-]*$/u.test(name) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(name);
  return isPlain && name === name.trim() ? name : JSON.stringify(name);
}

function linesOf(text: string): { start: number; end: number; text: string }[] {
  return [...text.matchAll(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    text: match[0],
  }));
}

/** The spaces before a place; undefined when something else is before it in its line. */
function indentAt(text: string, at: number): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^ *$/.test(before) ? before : undefined;
}

function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function pairOf({ items }: YAMLMap, name: string): Pair | undefined {
  return items.find(({ key }) => isScalar(key) && key.value === name);
}

function mapIn(map: YAMLMap, name: string): YAMLMap | undefined {
  const value = pairOf(map, name)?.value;
  return isMap(value) ? value : undefined;
}

function documentOf(text: string): { contents: unknown; value: unknown } | undefined {
  const { document, value } = readYaml({ file: '', text, lines: lineIndex(text) });
  return document && { contents: document.contents, value };
}
