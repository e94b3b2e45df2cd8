/** The kinds of record in a store, and the fields of each, from every place that writes one. */
import ts from 'typescript';
import { fieldsOf } from './fields.ts';
import { checker, sources, walk } from './program.ts';

/** The calls that write a record: kind, key, value. */
const WRITERS: ReadonlySet<string> = new Set(['writeRecord', 'addRecord']);

/** `take.pcm.digest`, …; a kind by itself is the name of its folder below records/. */
export function readRecords(): string[] {
  const found = new Set<string>();
  for (const source of sources) {
    walk(source, (node) => {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      if (!WRITERS.has(node.expression.name.text)) return;
      const [kind, , value] = node.arguments;
      if (kind === undefined || value === undefined || !ts.isStringLiteral(kind)) return;
      found.add(kind.text);
      for (const field of fieldsOf(checker.getTypeAtLocation(value))) found.add(`${kind.text}.${field}`);
    });
  }
  return [...found];
}
