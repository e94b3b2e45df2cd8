import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import type { LineIndex, TextRange } from './position.ts';

/** Steps from the document's root: field names and 0-based list indices. */
export type FieldPath = readonly (string | number)[];

/** Finds the places of fields in the manifest's text. A missing path gives the nearest enclosing field. */
export interface Places {
  /** The value at the path; for a group its first field, because a whole group cannot be underlined. */
  value(path: FieldPath): TextRange;
  /** The field's name itself. */
  key(path: FieldPath): TextRange;
  /** Offset of the field's name in the text; undefined for a missing path. */
  scalarKey(path: FieldPath): number | undefined;
  /** The node of a plain value, to map its text back to the source. */
  scalar(path: FieldPath): Scalar.Parsed | undefined;
}

/** The places in a document that was parsed from the text that `lines` indexes. */
export function placesIn(document: Document.Parsed, lines: LineIndex): Places {
  const range = (node: unknown): TextRange => {
    const [from, to] = sourceRange(node) ?? [0, 0];
    return { start: lines.position(from), end: lines.position(to) };
  };
  return {
    value: (path) => range(find(document, path).value),
    key(path) {
      const found = find(document, path);
      return range(found.complete ? (found.key ?? found.value) : found.value);
    },
    scalarKey(path) {
      const found = find(document, path);
      return found.complete ? sourceRange(found.key)?.[0] : undefined;
    },
    scalar(path) {
      const found = find(document, path);
      return found.complete && isScalar(found.value) && found.value.range ? (found.value as Scalar.Parsed) : undefined;
    },
  };
}

interface Found {
  key?: unknown;
  value: unknown;
  complete: boolean;
}

function find(document: Document.Parsed, path: FieldPath): Found {
  let found: Found = { value: document.contents, complete: true };
  for (const step of path) {
    const next = child(document, found.value, step);
    // A field is missing in a named group: point to the name.
    if (!next) return { value: found.key ?? found.value, complete: false };
    // An empty value (`title:`) has no length.
    found = sourceRange(next.value) ? next : { ...next, value: next.key };
  }
  return found;
}

function child(document: Document.Parsed, node: unknown, step: string | number): Found | undefined {
  const group = isAlias(node) ? node.resolve(document) : node;
  if (isMap(group)) {
    const pair = group.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair && { key: pair.key, value: pair.value, complete: true };
  }
  if (isSeq(group) && typeof step === 'number' && group.items[step] !== undefined) {
    return { value: group.items[step], complete: true };
  }
  return undefined;
}

function sourceRange(node: unknown): [number, number] | undefined {
  if (isPair(node)) return sourceRange(node.key);
  if (isMap(node) && node.items.length > 0) return sourceRange(node.items[0]);
  if (isSeq(node) && node.range) return [node.range[0], node.range[0] + 1];
  const range = (node as Node | null)?.range;
  return range && range[1] > range[0] ? [range[0], range[1]] : undefined;
}
