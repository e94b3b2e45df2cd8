/** docs/reference/manifest.md, from the schema that reads manifests. */
import { readFileSync } from 'node:fs';
import { manifestJsonSchema } from '../../src/manifest/json-schema.ts';
import { MODELS } from '../../src/models.ts';
import { type Schema, valuesOf } from './json-schema.ts';
import { anchor, code, document, plain, table } from './markdown.ts';

/** A manifest with the fields that most books use; a test reads it as the program does. */
export const EXAMPLE = readFileSync(new URL('example.yaml', import.meta.url), 'utf8');

/** The document. */
export function manifestDocument(): string {
  return document([
    '# Fields of the manifest',
    'Unknown fields are errors, and a missing field has its default. [manifest.schema.json](../../schema/manifest.schema.json) completes and explains the fields in an editor: begin the manifest with `# yaml-language-server: $schema=…` and the path of that file.',
    ['```yaml', EXAMPLE.trimEnd(), '```'].join('\n'),
    'A name in the text that is not in the manifest is an error with a suggestion; the narrator never reads it instead. Paths stay inside the folder of the manifest. [Manuscripts](../how-to/manuscripts.md) says what a chapter may contain, [mastering](../explanation/mastering.md) what is delivered.',
    ...sections(manifestJsonSchema() as Schema, ''),
    '## Models',
    Object.keys(MODELS).map(code).join(', '),
  ]);
}

function sections(schema: Schema, path: string): string[] {
  const fields = Object.entries(schema.properties ?? {});
  const rows = fields.map(([name, field]) => {
    const inner = innerOf(field, `${path}${name}`);
    const isMust = schema.required?.includes(name) ?? false;
    return [
      inner === undefined ? code(name) : `[${code(name)}](${anchor(inner.heading)})`,
      `${inner === undefined ? valuesOf(field) : inner.values}${isMust ? '; **required**' : ''}`,
      plain(field.description ?? ''),
    ];
  });
  const below = fields.flatMap(([name, field]) => {
    const inner = innerOf(field, `${path}${name}`);
    if (inner === undefined) return [];
    return [`## ${inner.heading}`, plain(field.description ?? ''), ...sections(inner.schema, `${inner.heading}.`)];
  });
  return [table(['field', 'value', 'meaning'], rows), ...below];
}

/** The group of fields that a field has: of itself, of each item of its list, or below each name. */
function innerOf(field: Schema, path: string): { heading: string; values: string; schema: Schema } | undefined {
  const { items, additionalProperties } = field;
  if (field.properties !== undefined) return { heading: path, values: 'fields', schema: field };
  if (items?.properties !== undefined) return { heading: `${path}[]`, values: 'list of fields', schema: items };
  const named = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  if (named?.properties !== undefined) return { heading: `${path}.NAME`, values: 'names with fields', schema: named };
  const choice = (named?.anyOf ?? items?.anyOf ?? field.anyOf)?.find(({ properties }) => properties !== undefined);
  if (choice === undefined) return undefined;
  return { heading: path + (items ? '[]' : named ? '.NAME' : ''), values: valuesOf(field), schema: choice };
}
