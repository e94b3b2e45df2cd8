/** Every object that the program writes as JSON, wherever it goes: the last argument of the calls that write one. */
import ts from 'typescript';
import { fieldsOf } from './fields.ts';
import { checker, sources, walk } from './program.ts';

/** What writes JSON: a function or the last name of a method, and which argument it writes. */
const WRITERS: Readonly<Record<string, number>> = {
  'JSON.stringify': 0,
  sealRecord: 0,
  writeSealed: 1,
  'records.write': 1,
  '#records.write': 1,
  printError: 0,
  writeState: 2,
};
/** Fields that say what an object is. */
const TELLERS = ['type', 'format', 'kind'];

/** `verify.finished.profile`, …; objects that do not say what they are begin with `*`. */
export function readJson(): string[] {
  const found = new Set<string>();
  for (const source of sources) {
    walk(source, (node) => {
      if (!ts.isCallExpression(node)) return;
      const written = Object.entries(WRITERS).find(([name]) => `.${node.expression.getText()}`.endsWith(`.${name}`));
      const argument = written && node.arguments[written[1]];
      if (argument === undefined) return;
      const type = checker.getTypeAtLocation(argument);
      for (const member of type.isUnion() ? type.types : [type]) {
        const name = nameWritten(argument) ?? nameOf(member);
        // What has no name and is not spelled out is compared or hashed, or the table of typed.ts has it.
        if (name === undefined && !ts.isObjectLiteralExpression(argument)) continue;
        if (isOurs(member)) for (const field of fieldsOf(member)) found.add(`${name ?? '*'}.${field}`);
      }
    });
  }
  return [...found];
}

/** A plain object, not a list of parts that are hashed. */
function isOurs(type: ts.Type): boolean {
  return (
    (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
    !checker.isArrayLikeType(type) &&
    type.getCallSignatures().length === 0
  );
}

/** Where the object is spelled out in the call. */
function nameWritten(argument: ts.Expression): string | undefined {
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  for (const property of argument.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isStringLiteral(property.initializer)) continue;
    if (TELLERS.includes(property.name.getText())) return property.initializer.text;
  }
  return undefined;
}

function nameOf(type: ts.Type): string | undefined {
  for (const teller of TELLERS) {
    const property = checker.getPropertyOfType(type, teller);
    const of = property && checker.getTypeOfSymbol(property);
    if (of?.isStringLiteral()) return of.value;
  }
  return undefined;
}
