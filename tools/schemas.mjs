/**
 * Writes the JSON Schemas of what the program prints and writes, from the types in the sources: events, plan, report,
 * completeness and lock. Those of the manifest and the review file come from what reads them (their tests write those).
 *
 *     node tools/schemas.mjs           writes schema/*.schema.json
 *     node tools/schemas.mjs --check   exits with 1 when one is out of date
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createGenerator } from 'ts-json-schema-generator';

/** Schema by file: the type, and what the document is. */
const SCHEMAS = {
  event: ['NumberedEvent', 'src/library/numbered-events.ts', 'An event: one line of run --json'],
  'inbox-event': ['InboxEvent', 'src/watch/events.ts', 'An event of a watched folder: one line of watch --json'],
  plan: ['PlanReport', 'src/events/plan-report.ts', 'The report of plan --json'],
  completeness: ['CompletenessFile', 'src/deliver/completeness-file.ts', 'completeness.json beside a delivered book'],
  lock: ['LockFile', 'src/plan/lock.ts', 'book.lock beside a manifest'],
  report: ['Report', 'src/deliver/reports/report-json.ts', 'report.json beside a delivered book'],
};
const BASE = 'https://unpkg.com/narration-pipeline/schema';

const isCheck = process.argv.includes('--check');
let stale = 0;
// One program for all types: reading the sources takes most of the time.
const config = {
  path: `{${Object.values(SCHEMAS)
    .map(([, path]) => path)
    .join(',')}}`,
  tsconfig: 'tsconfig.json',
  skipTypeCheck: true,
  topRef: false,
  // Fields are added and never renamed: a reader must accept those that it does not know.
  additionalProperties: true,
};
const generator = createGenerator(config);
for (const [name, [type, , description]] of Object.entries(SCHEMAS)) {
  const { $schema: _, definitions, ...schema } = generator.createSchema(type);
  const document = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${BASE}/${name}.schema.json`,
    title: type,
    description,
    ...schema,
    $defs: definitions,
  };
  const text = `${JSON.stringify(document, null, 2).replaceAll('#/definitions/', '#/$defs/')}\n`;
  const file = `schema/${name}.schema.json`;
  if (!isCheck) writeFileSync(file, text);
  else if (readOr(file) !== text) {
    stale++;
    console.error(`${file} is out of date. Run: node tools/schemas.mjs`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;

function readOr(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
