import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
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

/**
 * The places in a document that was parsed from the text that `lines` indexes. `written`: the path as the document spells it.
 * Default: as it is.
 */
export function placesIn(
  document: Document.Parsed,
  lines: LineIndex,
  written: (path: FieldPath) => FieldPath = (path) => path,
): Places {
  const child = childrenOf(document);
  const range = (node: unknown): TextRange => {
    const [from, to] = sourceRange(node) ?? [0, 0];
    return { start: lines.position(from), end: lines.position(to) };
  };
  return {
    value: (path) => range(find(path).value),
    key(path) {
      const found = find(path);
      return range(found.complete ? (found.key ?? found.value) : found.value);
    },
    scalarKey(path) {
      const found = find(path);
      return found.complete ? sourceRange(found.key)?.[0] : undefined;
    },
    scalar(path) {
      const found = find(path);
      return found.complete && isScalar(found.value) && found.value.range ? (found.value as Scalar.Parsed) : undefined;
    },
  };

  function find(path: FieldPath): Found {
    let found: Found = { value: document.contents, complete: true };
    for (const step of written(path)) {
      const next = child(found.value, step);
      // A field is missing in a named group: point to the name.
      if (!next) return { value: found.key ?? found.value, complete: false };
      // An empty value (`title:`) has no length.
      found = sourceRange(next.value) ? next : { ...next, value: next.key };
    }
    return found;
  }
}

interface Found {
  key?: unknown;
  value: unknown;
  complete: boolean;
}

type Children = (node: unknown, step: string | number) => Found | undefined;

/**
 * Looks up the children of nodes. Fields and references are indexed at the first look: a group may have 100,000 fields, and
 * each of them may be looked up.
 */
function childrenOf(document: Document.Parsed): Children {
  const fields = new WeakMap<YAMLMap, Map<unknown, Pair>>();
  let targets: Map<Alias, Node> | undefined;
  return (node, step) => {
    if (isAlias(node)) targets ??= aliasTargets(document);
    const group = isAlias(node) ? targets?.get(node) : node;
    if (isMap(group)) {
      const index = fields.get(group) ?? fieldIndex(group);
      fields.set(group, index);
      const pair = index.get(step);
      return pair && { key: pair.key, value: pair.value, complete: true };
    }
    if (isSeq(group) && typeof step === 'number' && group.items[step] !== undefined) {
      return { value: group.items[step], complete: true };
    }
    return undefined;
  };
}

/** Of two equal fields the first. */
function fieldIndex(map: YAMLMap): Map<unknown, Pair> {
  const index = new Map<unknown, Pair>();
  for (const pair of map.items) {
    const { key } = pair;
    if (isScalar(key) && !index.has(key.value)) index.set(key.value, pair);
  }
  return index;
}

/** The node that each reference means: the last one before it with its name. */
function aliasTargets(document: Document.Parsed): Map<Alias, Node> {
  const named = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Node(_key, node) {
      if (isAlias(node)) {
        const target = named.get(node.source);
        if (target !== undefined) targets.set(node, target);
      } else if (node.anchor !== undefined) named.set(node.anchor, node);
    },
  });
  return targets;
}

function sourceRange(node: unknown): [number, number] | undefined {
  if (isPair(node)) return sourceRange(node.key);
  if (isMap(node) && node.items.length > 0) return sourceRange(node.items[0]);
  if (isSeq(node) && node.range) return [node.range[0], node.range[0] + 1];
  const range = (node as Node | null)?.range;
  return range && range[1] > range[0] ? [range[0], range[1]] : undefined;
}
