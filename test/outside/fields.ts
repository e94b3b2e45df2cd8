/** The fields of a type as paths, such as `chapters[].title`; values of a fixed set as `status=queued`. */
import ts from 'typescript';
import { checker } from './program.ts';

const DEEPEST = 8;
/** A larger set of values, such as all failure codes, is not told again at each field that has it. */
const MOST_VALUES = 20;

/** All paths, sorted, each once. Where the type is a union, those of all its members. */
export function fieldsOf(type: ts.Type): string[] {
  const found = new Set<string>();
  visit(type, { path: '', found, above: [] });
  return [...found].sort();
}

interface Visit {
  path: string;
  found: Set<string>;
  /** Types that this one is inside of: a cycle ends. */
  above: readonly ts.Type[];
}

function visit(type: ts.Type, at: Visit): void {
  if (type.isUnion()) {
    const values = type.types.filter((member) => member.isStringLiteral()).length;
    for (const member of type.types) if (values <= MOST_VALUES || !member.isStringLiteral()) visit(member, at);
    return;
  }
  if (type.isStringLiteral()) {
    at.found.add(`${at.path}=${type.value}`);
    return;
  }
  if ((type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0) return;
  if (at.above.includes(type) || at.above.length > DEEPEST) return;
  const inside = { ...at, above: [...at.above, type] };
  if (checker.isArrayLikeType(type)) {
    const path = `${at.path}[]`;
    const items = checker.isTupleType(type)
      ? checker.getTypeArguments(type as ts.TypeReference)
      : [checker.getIndexTypeOfType(type, ts.IndexKind.Number)];
    for (const item of items) if (item !== undefined) visit(item, { ...inside, path });
    return;
  }
  const keyed = checker.getIndexTypeOfType(type, ts.IndexKind.String);
  if (keyed !== undefined) visit(keyed, { ...inside, path: `${at.path}.*` });
  for (const property of checker.getPropertiesOfType(type)) {
    const of = checker.getTypeOfSymbol(property);
    if (isMethod(of)) continue;
    const path = at.path === '' ? property.name : `${at.path}.${property.name}`;
    at.found.add(path);
    visit(of, { ...inside, path });
  }
}

function isMethod(type: ts.Type): boolean {
  return type.getCallSignatures().length > 0;
}
