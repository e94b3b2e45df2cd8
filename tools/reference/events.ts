/** docs/reference/events.md, from the JSON Schemas of events, which tools/schemas.mjs makes from their types. */
import { readFileSync } from 'node:fs';
import { EVENT_FIELDS } from './event-fields.ts';
import { type Schema, valuesOf } from './json-schema.ts';
import { anchor, code, document, plain, table } from './markdown.ts';

/** Fields that every event of a run has. */
const STAMP = ['type', 'run', 'sequence', 'at'];

/** The document. */
export function eventsDocument(): string {
  const run = read('event');
  const inbox = read('inbox-event');
  return document([
    '# Events',
    'Fields are added and never renamed. Ignore fields and types that you do not know.',
    '## Events of a run',
    '`pipeline run --json` prints one a line, and the library hands them out. The last one is `run.finished`, or `error` if the run could not begin. JSON Schema: [event.schema.json](../../schema/event.schema.json).',
    list(run),
    `Every event has the fields ${STAMP.map(code).join(', ')}:`,
    fields('', run.anyOf?.[0] ?? {}, (name) => STAMP.includes(name)),
    ...eventSections(run),
    '## Events of a watched folder',
    '`pipeline watch --json` prints one a line; the HTTP API hands them out, and webhooks send most of them. JSON Schema: [inbox-event.schema.json](../../schema/inbox-event.schema.json).',
    list(inbox),
    ...eventSections(inbox),
    '## Shapes',
    ...Object.entries({ ...run.$defs, ...inbox.$defs })
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, shape]) => shapeSection(name, shape)),
  ]);
}

/** A schema of schema/. */
export function read(name: string): Schema {
  return JSON.parse(readFileSync(`schema/${name}.schema.json`, 'utf8')) as Schema;
}

/** The name of an event. */
export function typeOf(event: Schema): string {
  return String(event.properties?.['type']?.const);
}

function list({ anyOf = [] }: Schema): string {
  const rows = anyOf.map((event) => [
    `[${code(typeOf(event))}](${anchor(typeOf(event))})`,
    plain(event.properties?.['type']?.description ?? ''),
  ]);
  return table(['event', 'when'], rows);
}

function eventSections({ anyOf = [] }: Schema): string[] {
  return anyOf.flatMap((event) => [
    `### ${typeOf(event)}`,
    plain(event.properties?.['type']?.description ?? ''),
    fields(typeOf(event), event, (name) => !STAMP.includes(name)),
  ]);
}

function shapeSection(name: string, shape: Schema): string[] {
  const heading = [`### ${name}`, plain(shape.description ?? '')];
  if (shape.properties !== undefined) return [...heading, fields(name, shape, () => true)];
  if (name === 'ErrorCode') return [...heading, '[exit-codes.md](exit-codes.md#failure-codes) lists them.'];
  return [...heading, valuesOf(shape)];
}

function fields(of: string, { properties = {}, required = [] }: Schema, isShown: (name: string) => boolean): string {
  const rows = Object.entries(properties)
    .filter(([name]) => isShown(name))
    .map(([name, field]) => [
      code(required.includes(name) ? name : `${name}?`),
      valuesOf(field),
      plain(field.description ?? EVENT_FIELDS[`${of} ${name}`] ?? EVENT_FIELDS[name] ?? ''),
    ]);
  return rows.length === 0 ? '' : table(['field', 'value', 'meaning'], rows);
}
