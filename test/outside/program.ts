/** The program's sources as the TypeScript compiler sees them: parsed once, types on demand. Packages are left out; none of ours needs them. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

/** Where sources are. */
const FOLDERS = ['src', 'jobs'];

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
};

const rootNames = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // The studio's page is built and delivered with its server: what they say to each other is in src/studio/shapes.ts.
    .filter((name) => name.endsWith('.ts') && !name.startsWith('studio/page/'))
    .map((name) => resolve(join(folder, name))),
);

const host = ts.createCompilerHost(OPTIONS);
// Relative names only: the types of packages would take most of the time.
host.resolveModuleNameLiterals = (literals, containing) =>
  literals.map(({ text }) => ({
    resolvedModule: text.startsWith('.')
      ? { resolvedFileName: resolve(containing, '..', text), extension: ts.Extension.Ts }
      : undefined,
  }));

const program = ts.createProgram({ rootNames, options: OPTIONS, host });

/** Answers questions about types. */
export const checker: ts.TypeChecker = program.getTypeChecker();

/** Every source file of ours. */
export const sources: readonly ts.SourceFile[] = rootNames.map((name) => program.getSourceFile(name)!);

/** The declared type of that name in a file. Throws when it is not there: then the reader's table is to be mended. */
export function typeNamed(file: string, name: string): ts.Type {
  const symbol = localNamed(file, name);
  return checker.getDeclaredTypeOfSymbol(checker.getExportSymbolOfSymbol(symbol));
}

/** The initial value of a constant in a file, as it is written. Throws like `typeNamed`. */
export function constantNamed(file: string, name: string): string {
  const declaration = localNamed(file, name).valueDeclaration;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined)
    throw new Error(`${name} in ${file} has no value`);
  return declaration.initializer.getText();
}

function localNamed(file: string, name: string): ts.Symbol {
  const source = program.getSourceFile(resolve(file));
  if (source === undefined)
    throw new Error(`There is no ${file}: it moved; mend the table of the reader that asks for ${name}`);
  const symbol = checker
    .getSymbolsInScope(source, ts.SymbolFlags.Type | ts.SymbolFlags.Variable)
    .find((one) => one.name === name && one.declarations?.some((place) => place.getSourceFile() === source));
  if (symbol === undefined)
    throw new Error(`There is no ${name} in ${file}: mend the table of the reader that asks for it`);
  return symbol;
}

/** Calls `see` for every node below. */
export function walk(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => walk(child, see));
}
