/** Writes a model into a manifest's text and leaves every other byte as it is. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type Pair, type YAMLMap } from 'yaml';
import { lineIndex } from '../yaml/position.ts';
import { readYaml } from '../yaml/yaml.ts';

/** Where the model belongs: the whole book, or one character by the name that the manifest has for it. */
export interface ModelPlace {
  model: string;
  character?: string | undefined;
}

/**
 * The text with `model:` set to this model; a missing field is added. Undefined when the text is written in a way that
 * cannot be changed without touching more than this field (an alias, a block text): a person must write it then.
 */
export function withModel(text: string, place: ModelPlace): string | undefined {
  const before = documentOf(text);
  if (before === undefined || !isMap(before.contents)) return undefined;
  const group = place.character === undefined ? before.contents : characterIn(before.contents, place.character);
  if (group === undefined) return undefined;
  const field = fieldOf(group, 'model');
  const edited = field === undefined ? withNewField(text, group, place.model) : withValue(text, field, place.model);
  if (edited === undefined) return undefined;
  // The proof: exactly this one value differs, whatever anchors, merges or quotes the text has.
  const after = documentOf(edited);
  return after !== undefined && isDeepStrictEqual(after.value, valueWith(before.value, place)) ? edited : undefined;
}

function documentOf(text: string): { contents: unknown; value: unknown } | undefined {
  const { document, value } = readYaml({ file: '', text, lines: lineIndex(text) });
  return document && { contents: document.contents, value };
}

function characterIn(root: YAMLMap, name: string): YAMLMap | undefined {
  const characters = fieldOf(root, 'characters')?.value;
  const character = isMap(characters) ? fieldOf(characters, name)?.value : undefined;
  return isMap(character) ? character : undefined;
}

function fieldOf({ items }: YAMLMap, name: string): Pair | undefined {
  return items.find(({ key }) => isScalar(key) && key.value === name);
}

function withValue(text: string, { value }: Pair, model: string): string | undefined {
  if (!isScalar(value) || !value.range || value.anchor !== undefined || value.tag !== undefined) return undefined;
  const [from, to] = value.range;
  if (value.type === 'BLOCK_FOLDED' || value.type === 'BLOCK_LITERAL') return undefined;
  // An empty value has no place of its own: it ends behind the colon.
  const space = from === to && text[from - 1] === ':' ? ' ' : '';
  const quote = value.type === 'QUOTE_DOUBLE' ? '"' : value.type === 'QUOTE_SINGLE' ? "'" : '';
  return `${text.slice(0, from)}${space}${quote}${model}${quote}${text.slice(to)}`;
}

/** Before the first field of the group, so that no value of several lines is in the way. */
function withNewField(text: string, group: YAMLMap, model: string): string | undefined {
  const first = group.items[0]?.key;
  if (!isScalar(first) || !first.range) return undefined;
  const [at] = first.range;
  const quote = first.type === 'QUOTE_DOUBLE' ? '"' : '';
  const field = `${quote}model${quote}: ${quote}${model}${quote}`;
  if (group.flow) return `${text.slice(0, at)}${field}, ${text.slice(at)}`;
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  if (!/^ *$/.test(indent)) return undefined;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return `${text.slice(0, at)}${field}${lineEnd}${indent}${text.slice(at)}`;
}

function valueWith(value: unknown, { model, character }: ModelPlace): unknown {
  const root = value as Record<string, unknown>;
  if (character === undefined) return { ...root, model };
  const characters = root['characters'] as Record<string, Record<string, unknown>>;
  return { ...root, characters: { ...characters, [character]: { ...characters[character], model } } };
}
