/** Shapes that are checked when they are read: the manifest by its published schema, and every other schema in the sources. */
import { readFile } from 'node:fs/promises';
import ts from 'typescript';
import { EARLIER_MASTERING_VERSIONS } from '../../src/plan/keys.ts';
import { openApiDocument } from '../../src/web/openapi.ts';
import { constantNamed, sources, walk } from './program.ts';

/** Versions by what they are the version of. */
const VERSIONS: Readonly<Record<string, readonly [file: string, name: string]>> = {
  keys: ['src/plan/keys.ts', 'KEY_VERSION'],
  pickup: ['src/plan/keys.ts', 'PICKUP_VERSION'],
  mastering: ['src/plan/keys.ts', 'MASTERING_VERSION'],
  denoising: ['src/plan/keys.ts', 'DENOISING_VERSION'],
  store: ['src/store/format-mark.ts', 'FORMAT_VERSION'],
  queue: ['src/queue/queue-format.ts', 'FORMAT_VERSION'],
  'book.lock': ['src/plan/lock.ts', 'LOCK_VERSION'],
  'packed book': ['src/submissions/book-bundle.ts', 'VERSION'],
};

/** `queue 1`, … */
export function readVersions(): string[] {
  const own = Object.entries(VERSIONS).map(([of, [file, name]]) => `${of} ${constantNamed(file, name)}`);
  // What they mastered is still found by its keys.
  return [...own, ...EARLIER_MASTERING_VERSIONS.map((version) => `mastering ${version}`)];
}

/** Paths of the properties of the manifest, with the values of those that have a fixed set. */
export async function readManifest(): Promise<string[]> {
  const found = new Set<string>();
  visit(JSON.parse(await readFile('schema/manifest.schema.json', 'utf8')), '', found);
  return [...found];
}

/** Routes of the HTTP API with parameters, media types, statuses and the fields of what is answered. */
export function readApi(): string[] {
  const found = new Set<string>();
  const { paths } = openApiDocument() as { paths: Record<string, Record<string, Json>> };
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const route = `${method.toUpperCase()} ${path}`;
      found.add(`${route} ${operation['operationId']}`);
      for (const { name, in: place } of operation['parameters'] as Json[]) found.add(`${route} ${place} ${name}`);
      visitContent(operation['requestBody'] as Json | undefined, `${route} takes`, found);
      for (const [status, answer] of Object.entries(operation['responses'] as Json)) {
        found.add(`${route} ${status}`);
        visitContent(answer as Json, `${route} ${status}`, found);
      }
    }
  }
  return [...found];
}

/** Names of the fields of all other schemas: locks, price lists, knobs. */
export function readSchemaFields(): string[] {
  const found = new Set<string>();
  for (const source of sources) {
    walk(source, (node) => {
      if (!ts.isCallExpression(node) || !/\bz\s*\.(object|strictObject)$/.test(node.expression.getText())) return;
      const [shape] = node.arguments;
      if (shape === undefined || !ts.isObjectLiteralExpression(shape)) return;
      for (const { name } of shape.properties) if (name !== undefined) found.add(name.getText().replaceAll("'", ''));
    });
  }
  return [...found];
}

type Json = Record<string, unknown>;

function visitContent(of: Json | undefined, at: string, found: Set<string>): void {
  for (const [type, { schema }] of Object.entries((of?.['content'] ?? {}) as Record<string, { schema?: Json }>)) {
    found.add(`${at} ${type}`);
    if (schema !== undefined && type.includes('json')) visit(resolved(schema), `${at} `, found);
  }
}

/** The schema that a reference names. */
function resolved(schema: Json): Json {
  const name = typeof schema['$ref'] === 'string' ? schema['$ref'].replace('#/components/schemas/', '') : undefined;
  if (name === undefined) return schema;
  const { components } = openApiDocument() as { components: { schemas: Record<string, Json> } };
  return components.schemas[name] ?? {};
}

function visit(schema: Json, path: string, found: Set<string>): void {
  for (const value of (schema['enum'] as unknown[] | undefined) ?? []) found.add(`${path}=${value}`);
  if (schema['const'] !== undefined) found.add(`${path}=${schema['const']}`);
  for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Json>)) {
    const below = path === '' || path.endsWith(' ') ? `${path}${name}` : `${path}.${name}`;
    found.add(below);
    visit(resolved(inner), below, found);
  }
  if (typeof schema['items'] === 'object') visit(resolved(schema['items'] as Json), `${path}[]`, found);
  const rest = schema['additionalProperties'];
  if (typeof rest === 'object' && rest !== null) visit(rest as Json, `${path}.*`, found);
  for (const many of ['anyOf', 'oneOf', 'allOf']) {
    for (const one of (schema[many] ?? []) as Json[]) visit(one, path, found);
  }
}
