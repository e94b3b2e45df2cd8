/** Adds a word to a manifest's pronunciations and leaves every other byte as it is. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, type YAMLMap } from 'yaml';
import { lineIndex } from '../yaml/position.ts';
import { readYaml } from '../yaml/yaml.ts';

/**
 * Where the entry is inserted, and what; the word must not be in the list yet. Undefined when the text is written in a way that
 * cannot be changed without touching more than this: a person must write it then.
 */
export function pronunciationEdit(
  text: string,
  { word, spoken }: { word: string; spoken: string },
): { start: number; end: number; insert: string } | undefined {
  const before = documentOf(text);
  const book = before && isMap(before.contents) ? groupIn(before.contents, 'book') : undefined;
  if (before === undefined || book === undefined) return undefined;
  const entry = `${JSON.stringify(word)}: ${JSON.stringify(spoken)}`;
  const known = groupIn(book, 'pronunciations');
  const edit = insertion(text, known ?? book, {
    flow: known === undefined ? `pronunciations: { ${entry} }` : entry,
    block: (indent) => (known === undefined ? `pronunciations:\n${indent}  ${entry}` : entry),
  });
  if (edit === undefined) return undefined;
  const after = documentOf(`${text.slice(0, edit.start)}${edit.insert}${text.slice(edit.start)}`);
  const value = before.value as Record<string, Record<string, object>>;
  const expected = {
    ...value,
    book: { ...value['book'], pronunciations: { ...value['book']?.['pronunciations'], [word]: spoken } },
  };
  return after !== undefined && isDeepStrictEqual(after.value, expected) ? edit : undefined;
}

/** Before the first field of the group, so that no value of several lines is in the way. */
function insertion(text: string, group: YAMLMap, of: { flow: string; block(indent: string): string }) {
  const first = group.items[0]?.key;
  if (!isScalar(first) || !first.range) return undefined;
  const [start] = first.range;
  if (group.flow) return { start, end: start, insert: `${of.flow}, ` };
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^ *$/.test(indent)) return undefined;
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return { start, end: start, insert: `${of.block(indent).replaceAll('\n', lineEnd)}${lineEnd}${indent}` };
}

function groupIn({ items }: YAMLMap, name: string): YAMLMap | undefined {
  const value = items.find(({ key }) => isScalar(key) && key.value === name)?.value;
  return isMap(value) ? value : undefined;
}

function documentOf(text: string): { contents: unknown; value: unknown } | undefined {
  const { document, value } = readYaml({ file: '', text, lines: lineIndex(text) });
  return document && { contents: document.contents, value };
}
